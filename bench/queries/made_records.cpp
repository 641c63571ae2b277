#include "bench/queries/made_records.h"

#include <cstdio>
#include <string>
#include <vector>

namespace millrace::bench {

namespace {

/// SplitMix64.
uint64_t next_random(uint64_t& state) {
  uint64_t word = state += 0x9e3779b97f4a7c15u;
  word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9u;
  word = (word ^ (word >> 27)) * 0x94d049bb133111ebu;
  return word ^ (word >> 31);
}

std::string identifier(uint64_t number) {
  uint64_t state = number;
  const uint64_t a = next_random(state), b = next_random(state);
  char text[40];
  snprintf(text, sizeof text, "%08x-%04x-%04x-%04x-%012llx", static_cast<unsigned>(a), static_cast<unsigned>(a >> 32 & 0xffff), static_cast<unsigned>(a >> 48),
           static_cast<unsigned>(b & 0xffff), static_cast<unsigned long long>(b >> 16));
  return text;
}

constexpr uint64_t kAds = 1000, kAdsOfCampaign = 10, kCampaignsFrom = 1'000'000;

/// Which campaign each advertisement belongs to.
void make_campaigns() {
  printf("ad_id,campaign_id\n");
  for (uint64_t ad = 0; ad < kAds; ++ad) printf("%s,%s\n", identifier(ad).c_str(), identifier(kCampaignsFrom + ad / kAdsOfCampaign).c_str());
}

/// What happened to advertisements, ten in a millisecond.
void make_ad_events(int64_t rows) {
  constexpr const char* kTypes[] = {"banner", "modal", "sponsored-search", "mail", "mobile"};
  constexpr const char* kEvents[] = {"view", "click", "purchase"};
  constexpr int64_t kFirstMs = 1'577'836'800'000;
  std::vector<std::string> ads;
  for (uint64_t ad = 0; ad < kAds; ++ad) ads.push_back(identifier(ad));
  uint64_t state = 1;
  for (int64_t row = 0; row < rows; ++row) {
    const uint64_t word = next_random(state);
    printf("{\"user_id\": \"%s\", \"page_id\": \"%s\", \"ad_id\": \"%s\", \"ad_type\": \"%s\", \"event_type\": \"%s\", \"event_time\": \"%lld\", "
           "\"ip_address\": \"1.2.3.4\"}\n",
           ads[word % 97].c_str(), ads[word % 991].c_str(), ads[(word >> 10) % kAds].c_str(), kTypes[(word >> 30) % 5], kEvents[(word >> 40) % 3],
           static_cast<long long>(kFirstMs + row / 10));
  }
}

}  // namespace

void make_records(std::string_view kind, int64_t rows) {
  if (kind == "campaigns") return make_campaigns();
  if (kind == "ads") return make_ad_events(rows);
  uint64_t state = 1;
  const auto below = [&state](uint64_t bound) { return static_cast<unsigned long long>(next_random(state) % bound); };
  for (int64_t row = 0; row < rows; ++row) {
    if (kind == "wide") {
      for (int field = 0; field < 100; ++field) printf("%s\"f%02d\": %llu", field == 0 ? "{" : ", ", field, below(1000));
      printf("}\n");
    } else {
      printf("{\"k\": %llu, \"v\": %llu}\n", below(kind == "keys1m" ? 1'000'000 : 10'000'000), below(1000));
    }
  }
}

}  // namespace millrace::bench
