// Each operation is the system call of its name on the folder below, and one reply.
#include "files/passthrough.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>

namespace pmubench::files {
namespace {

Passthrough& Of(fuse_req_t request) {
  return *static_cast<Passthrough*>(fuse_req_userdata(request));
}

int DescriptorOf(fuse_req_t request, fuse_ino_t id) { return Of(request).inodes.Descriptor(id); }

double Timeout(fuse_req_t request) { return Of(request).caches ? 1.0 : 0.0; }

/// 0 or errno of a call that gives -1 where it fails.
int ErrorOf(int result) { return result == 0 ? 0 : errno; }

/// The way to open what an O_PATH descriptor stands for.
std::string PathOf(int descriptor) { return "/proc/self/fd/" + std::to_string(descriptor); }

void SetCaching(fuse_req_t request, fuse_file_info* file) {
  file->direct_io = Of(request).caches ? 0 : 1;
  file->keep_cache = Of(request).caches ? 1 : 0;
}

/// 0, or errno.
int LookUp(fuse_req_t request, fuse_ino_t parent, const char* name, fuse_entry_param& entry) {
  const int descriptor =
      openat(DescriptorOf(request, parent), name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  if (descriptor < 0) return errno;
  entry = {};
  if (fstatat(descriptor, "", &entry.attr, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW) != 0) {
    const int error = errno;
    close(descriptor);
    return error;
  }
  entry.ino = Of(request).inodes.Remember(descriptor, entry.attr.st_dev, entry.attr.st_ino);
  entry.attr_timeout = entry.entry_timeout = Timeout(request);
  return 0;
}

void OnLookup(fuse_req_t request, fuse_ino_t parent, const char* name) {
  fuse_entry_param entry;
  const int error = LookUp(request, parent, name, entry);
  error == 0 ? fuse_reply_entry(request, &entry) : fuse_reply_err(request, error);
}

void OnForget(fuse_req_t request, fuse_ino_t id, std::uint64_t lookups) {
  Of(request).inodes.Forget(id, lookups);
  fuse_reply_none(request);
}

void OnForgetMany(fuse_req_t request, std::size_t count, fuse_forget_data* forgets) {
  for (std::size_t i = 0; i < count; ++i) {
    Of(request).inodes.Forget(forgets[i].ino, forgets[i].nlookup);
  }
  fuse_reply_none(request);
}

void OnGetattr(fuse_req_t request, fuse_ino_t id, fuse_file_info*) {
  struct stat attributes {};
  if (fstatat(DescriptorOf(request, id), "", &attributes, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW) !=
      0) {
    fuse_reply_err(request, errno);
    return;
  }
  fuse_reply_attr(request, &attributes, Timeout(request));
}

timespec TimeToSet(int wanted, int set, int now, const timespec& time) {
  if ((wanted & now) != 0) return {0, UTIME_NOW};
  return (wanted & set) != 0 ? time : timespec{0, UTIME_OMIT};
}

/// 0, or errno.
int SetAttributes(int descriptor, const struct stat& to, int wanted) {
  const std::string path = PathOf(descriptor);
  int error = 0;
  if ((wanted & FUSE_SET_ATTR_MODE) != 0) error = ErrorOf(chmod(path.c_str(), to.st_mode));
  if (error == 0 && (wanted & (FUSE_SET_ATTR_UID | FUSE_SET_ATTR_GID)) != 0) {
    const uid_t user = (wanted & FUSE_SET_ATTR_UID) != 0 ? to.st_uid : static_cast<uid_t>(-1);
    const gid_t group = (wanted & FUSE_SET_ATTR_GID) != 0 ? to.st_gid : static_cast<gid_t>(-1);
    error = ErrorOf(fchownat(descriptor, "", user, group, AT_EMPTY_PATH));
  }
  if (error == 0 && (wanted & FUSE_SET_ATTR_SIZE) != 0) {
    error = ErrorOf(truncate(path.c_str(), to.st_size));
  }
  if (error == 0 && (wanted & (FUSE_SET_ATTR_ATIME | FUSE_SET_ATTR_MTIME)) != 0) {
    const timespec times[2] = {
        TimeToSet(wanted, FUSE_SET_ATTR_ATIME, FUSE_SET_ATTR_ATIME_NOW, to.st_atim),
        TimeToSet(wanted, FUSE_SET_ATTR_MTIME, FUSE_SET_ATTR_MTIME_NOW, to.st_mtim)};
    error = ErrorOf(utimensat(AT_FDCWD, path.c_str(), times, 0));
  }
  return error;
}

void OnSetattr(fuse_req_t request, fuse_ino_t id, struct stat* to, int wanted, fuse_file_info*) {
  const int error = SetAttributes(DescriptorOf(request, id), *to, wanted);
  if (error == 0) return OnGetattr(request, id, nullptr);
  fuse_reply_err(request, error);
}

void OnMkdir(fuse_req_t request, fuse_ino_t parent, const char* name, mode_t mode) {
  if (mkdirat(DescriptorOf(request, parent), name, mode) == 0) {
    return OnLookup(request, parent, name);
  }
  fuse_reply_err(request, errno);
}

void OnUnlink(fuse_req_t request, fuse_ino_t parent, const char* name) {
  fuse_reply_err(request, ErrorOf(unlinkat(DescriptorOf(request, parent), name, 0)));
}

void OnRmdir(fuse_req_t request, fuse_ino_t parent, const char* name) {
  fuse_reply_err(request, ErrorOf(unlinkat(DescriptorOf(request, parent), name, AT_REMOVEDIR)));
}

void OnRename(fuse_req_t request, fuse_ino_t from, const char* name, fuse_ino_t to,
              const char* new_name, unsigned flags) {
  fuse_reply_err(request, ErrorOf(renameat2(DescriptorOf(request, from), name,
                                            DescriptorOf(request, to), new_name, flags)));
}

void OnOpen(fuse_req_t request, fuse_ino_t id, fuse_file_info* file) {
  const std::string path = PathOf(DescriptorOf(request, id));
  const int descriptor = open(path.c_str(), (file->flags & ~O_NOFOLLOW) | O_CLOEXEC);
  if (descriptor < 0) {
    fuse_reply_err(request, errno);
    return;
  }
  file->fh = static_cast<std::uint64_t>(descriptor);
  SetCaching(request, file);
  fuse_reply_open(request, file);
}

void OnCreate(fuse_req_t request, fuse_ino_t parent, const char* name, mode_t mode,
              fuse_file_info* file) {
  const int flags = (file->flags & ~O_NOFOLLOW) | O_CREAT | O_CLOEXEC;
  const int descriptor = openat(DescriptorOf(request, parent), name, flags, mode);
  fuse_entry_param entry;
  const int error = descriptor < 0 ? errno : LookUp(request, parent, name, entry);
  if (error != 0) {
    if (descriptor >= 0) close(descriptor);
    fuse_reply_err(request, error);
    return;
  }
  file->fh = static_cast<std::uint64_t>(descriptor);
  SetCaching(request, file);
  fuse_reply_create(request, &entry, file);
}

void OnRead(fuse_req_t request, fuse_ino_t, std::size_t size, off_t offset, fuse_file_info* file) {
  Passthrough& server = Of(request);
  if (server.buffer.size() < size) server.buffer.resize(size);
  const ssize_t got = pread(static_cast<int>(file->fh), server.buffer.data(), size, offset);
  if (got < 0) {
    fuse_reply_err(request, errno);
    return;
  }
  server.served.read_bytes += static_cast<std::uint64_t>(got);
  fuse_reply_buf(request, server.buffer.data(), static_cast<std::size_t>(got));
}

void OnWrite(fuse_req_t request, fuse_ino_t, const char* bytes, std::size_t size, off_t offset,
             fuse_file_info* file) {
  const ssize_t done = pwrite(static_cast<int>(file->fh), bytes, size, offset);
  if (done < 0) {
    fuse_reply_err(request, errno);
    return;
  }
  Of(request).served.written_bytes += static_cast<std::uint64_t>(done);
  fuse_reply_write(request, static_cast<std::size_t>(done));
}

void OnRelease(fuse_req_t request, fuse_ino_t, fuse_file_info* file) {
  close(static_cast<int>(file->fh));
  fuse_reply_err(request, 0);
}

void OnFsync(fuse_req_t request, fuse_ino_t, int data_only, fuse_file_info* file) {
  const int descriptor = static_cast<int>(file->fh);
  fuse_reply_err(request, ErrorOf(data_only != 0 ? fdatasync(descriptor) : fsync(descriptor)));
}

/// An open folder. An entry that did not fit the reply is kept for the next.
struct Listing {
  DIR* folder = nullptr;
  dirent* kept = nullptr;
  off_t at = 0;
};

Listing& ListingOf(const fuse_file_info* file) { return *reinterpret_cast<Listing*>(file->fh); }

void OnOpendir(fuse_req_t request, fuse_ino_t id, fuse_file_info* file) {
  const int descriptor = openat(DescriptorOf(request, id), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* folder = descriptor < 0 ? nullptr : fdopendir(descriptor);
  if (folder == nullptr) {
    const int error = errno;
    if (descriptor >= 0) close(descriptor);
    fuse_reply_err(request, error);
    return;
  }
  file->fh = reinterpret_cast<std::uint64_t>(new Listing{folder});
  fuse_reply_open(request, file);
}

void OnReaddir(fuse_req_t request, fuse_ino_t, std::size_t size, off_t offset,
               fuse_file_info* file) {
  Listing& listing = ListingOf(file);
  std::vector<char>& buffer = Of(request).buffer;
  if (buffer.size() < size) buffer.resize(size);
  if (offset != listing.at) {
    seekdir(listing.folder, offset);
    listing.kept = nullptr;
    listing.at = offset;
  }
  std::size_t filled = 0;
  for (;;) {
    errno = 0;
    dirent* entry = listing.kept != nullptr ? listing.kept : readdir(listing.folder);
    if (entry == nullptr) break;
    struct stat attributes {};
    attributes.st_ino = entry->d_ino;
    attributes.st_mode = static_cast<mode_t>(DTTOIF(entry->d_type));
    const std::size_t takes = fuse_add_direntry(request, buffer.data() + filled, size - filled,
                                                entry->d_name, &attributes, entry->d_off);
    listing.kept = takes > size - filled ? entry : nullptr;
    if (listing.kept != nullptr) break;
    filled += takes;
    listing.at = entry->d_off;
  }
  if (filled == 0 && errno != 0) {
    fuse_reply_err(request, errno);
    return;
  }
  fuse_reply_buf(request, buffer.data(), filled);
}

void OnReleasedir(fuse_req_t request, fuse_ino_t, fuse_file_info* file) {
  const std::unique_ptr<Listing> listing(&ListingOf(file));
  closedir(listing->folder);
  fuse_reply_err(request, 0);
}

void OnStatfs(fuse_req_t request, fuse_ino_t id) {
  struct statvfs room {};
  if (fstatvfs(DescriptorOf(request, id), &room) != 0) {
    fuse_reply_err(request, errno);
    return;
  }
  fuse_reply_statfs(request, &room);
}

}  // namespace

fuse_lowlevel_ops PassthroughOperations() {
  fuse_lowlevel_ops operations{};
  operations.lookup = OnLookup;
  operations.forget = OnForget;
  operations.forget_multi = OnForgetMany;
  operations.getattr = OnGetattr;
  operations.setattr = OnSetattr;
  operations.mkdir = OnMkdir;
  operations.unlink = OnUnlink;
  operations.rmdir = OnRmdir;
  operations.rename = OnRename;
  operations.open = OnOpen;
  operations.create = OnCreate;
  operations.read = OnRead;
  operations.write = OnWrite;  // and not write_buf: libfuse would splice every request
  operations.release = OnRelease;
  operations.fsync = OnFsync;
  operations.opendir = OnOpendir;
  operations.readdir = OnReaddir;
  operations.releasedir = OnReleasedir;
  operations.statfs = OnStatfs;
  return operations;
}

}  // namespace pmubench::files
