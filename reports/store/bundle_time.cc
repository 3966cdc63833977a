#include <fmt/format.h>

#include <chrono>
#include <cstdio>

#include "reports/store/bundle.h"

namespace pmubench::store {

std::optional<std::int64_t> ParseTime(std::string_view text) {
  const std::string copy(text);
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, used = 0;
  double second = 0;
  // Google Benchmark writes a T, and before 1.5 a blank.
  if (std::sscanf(copy.c_str(), "%d-%d-%d%*1[T ]%d:%d:%lf%n", &year, &month, &day, &hour, &minute,
                  &second, &used) < 6) {
    return std::nullopt;
  }
  using namespace std::chrono;
  const year_month_day date{std::chrono::year(year), std::chrono::month(unsigned(month)),
                            std::chrono::day(unsigned(day))};
  if (!date.ok() || hour > 24 || minute > 59 || second < 0 || second > 61) return std::nullopt;
  std::int64_t ms = duration_cast<milliseconds>(sys_days(date).time_since_epoch()).count();
  ms += (hour * 60LL + minute) * 60'000 + static_cast<std::int64_t>(second * 1000);
  int zone_hour = 0, zone_minute = 0;
  char sign = 0;
  if (std::sscanf(copy.c_str() + used, "%c%2d:%2d", &sign, &zone_hour, &zone_minute) >= 2 &&
      (sign == '+' || sign == '-')) {
    const std::int64_t zone = (zone_hour * 60LL + zone_minute) * 60'000;
    ms += sign == '+' ? -zone : zone;
  }
  return ms;
}

std::string FormatTime(std::int64_t ms) {
  using namespace std::chrono;
  const auto time = sys_time<milliseconds>(milliseconds(ms));
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(floor<seconds>(time - day));
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

}  // namespace pmubench::store
