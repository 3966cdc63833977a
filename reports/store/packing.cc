#include "reports/store/packing.h"

#include <bit>
#include <cstring>

namespace pmubench::store {
namespace {

static_assert(std::endian::native == std::endian::little,
              "the packed form is little-endian; swap here for a big-endian machine");

template <typename T>
void Put(char* to, T value) {
  std::memcpy(to, &value, sizeof(value));
}

template <typename T>
T Get(const char* from) {
  T value;
  std::memcpy(&value, from, sizeof(value));
  return value;
}

template <typename T>
void Append(std::string& to, T value) {
  char bytes[sizeof(T)];
  Put(bytes, value);
  to.append(bytes, sizeof(T));
}

}  // namespace

std::string PackValues(std::span<const Value> values, std::span<const std::uint32_t> reason_ids) {
  const std::size_t count = values.size();
  std::string packed(count * kPackedValueSize, '\0');
  char* value_at = packed.data();
  char* spread_at = value_at + count * sizeof(double);
  char* sampling_at = spread_at + count * sizeof(float);
  for (std::size_t i = 0; i < count; ++i) {
    const Value& value = values[i];
    // Infinities are no measurement; they are kept out here so that no reader meets one.
    const bool measured = std::isfinite(value.value);
    Put(value_at + i * sizeof(double),
        measured ? value.value : std::numeric_limits<double>::quiet_NaN());
    if (measured) {
      Put(spread_at + i * sizeof(float), value.spread);
    } else {
      const std::uint32_t id =
          value.reason > 0 && value.reason <= reason_ids.size() ? reason_ids[value.reason - 1] : 0;
      Put(spread_at + i * sizeof(float), id);
    }
    Put(sampling_at + i * sizeof(std::int16_t), value.sampling);
  }
  return packed;
}

bool UnpackValues(std::string_view packed, std::size_t count, std::vector<Value>& values,
                  std::vector<std::uint32_t>* reason_ids) {
  if (packed.size() != count * kPackedValueSize) return false;
  values.resize(count);
  if (reason_ids != nullptr) reason_ids->assign(count, 0);
  const char* value_at = packed.data();
  const char* spread_at = value_at + count * sizeof(double);
  const char* sampling_at = spread_at + count * sizeof(float);
  for (std::size_t i = 0; i < count; ++i) {
    Value& value = values[i];
    value.value = Get<double>(value_at + i * sizeof(double));
    value.reason = 0;
    if (value.measured()) {
      value.spread = Get<float>(spread_at + i * sizeof(float));
    } else {
      value.spread = std::numeric_limits<float>::quiet_NaN();
      if (reason_ids != nullptr) {
        (*reason_ids)[i] = Get<std::uint32_t>(spread_at + i * sizeof(float));
      }
    }
    value.sampling = Get<std::int16_t>(sampling_at + i * sizeof(std::int16_t));
  }
  return true;
}

std::string PackLaunches(std::span<const Launches> launches,
                         std::span<const std::uint32_t> metric_ids) {
  std::string packed;
  for (const Launches& one : launches) {
    Append<std::uint32_t>(packed, metric_ids[one.metric]);
    Append<std::uint32_t>(packed, static_cast<std::uint32_t>(one.values.size()));
    for (const double value : one.values) Append<double>(packed, value);
  }
  return packed;
}

bool UnpackLaunches(std::string_view packed, std::vector<Launches>& launches) {
  launches.clear();
  constexpr std::size_t kHead = 2 * sizeof(std::uint32_t);
  while (!packed.empty()) {
    if (packed.size() < kHead) return false;
    Launches one;
    one.metric = Get<std::uint32_t>(packed.data());
    const std::size_t count = Get<std::uint32_t>(packed.data() + sizeof(std::uint32_t));
    packed.remove_prefix(kHead);
    if (packed.size() / sizeof(double) < count) return false;
    one.values.resize(count);
    if (count > 0) std::memcpy(one.values.data(), packed.data(), count * sizeof(double));
    packed.remove_prefix(count * sizeof(double));
    launches.push_back(std::move(one));
  }
  return true;
}

std::string PackIds(std::span<const std::uint32_t> ids) {
  std::string packed;
  for (const std::uint32_t id : ids) Append<std::uint32_t>(packed, id);
  return packed;
}

bool UnpackIds(std::string_view packed, std::vector<std::uint32_t>& ids) {
  if (packed.size() % sizeof(std::uint32_t) != 0) return false;
  ids.resize(packed.size() / sizeof(std::uint32_t));
  if (!ids.empty()) std::memcpy(ids.data(), packed.data(), packed.size());
  return true;
}

}  // namespace pmubench::store
