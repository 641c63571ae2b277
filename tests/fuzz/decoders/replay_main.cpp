#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

void run(const std::string& input) { LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()), input.size()); }

/// A few random edits, mostly with bytes that mean something to the decoders.
std::string mutate(std::string input, std::mt19937_64& random) {
  static const std::string kBytes = "\"\\:,;{}[] \n\r\t0a-.e\x80\xc3\xff";
  for (uint64_t edits = 1 + random() % 4; edits > 0 && !input.empty(); --edits) {
    const size_t at = random() % input.size();
    switch (random() % 4) {
      case 0: input[at] = kBytes[random() % kBytes.size()]; break;
      case 1: input.erase(at, 1 + random() % 8); break;
      case 2: input.insert(at, 1, kBytes[random() % kBytes.size()]); break;
      default: input.insert(at, input.substr(random() % input.size(), random() % 32)); break;
    }
  }
  return input;
}

/// In the order of their names, which is that of no folder.
std::vector<std::string> read_files(const char* folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> texts;
  for (const std::filesystem::path& path : paths) {
    std::ifstream file(path, std::ios::binary);
    texts.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return texts;
}

}  // namespace

/// Usage: replay FOLDER [MUTATIONS [SEED [SECONDS]]]: every file of the folder and so many mutations of each, again and again until the time is over. The same
/// seed gives the same mutations in the same order.
int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: %s FOLDER [MUTATIONS [SEED [SECONDS]]]\n", argv[0]);
    return 2;
  }
  const uint64_t mutations = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 0;
  const uint64_t seed = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(argc > 4 ? std::atoi(argv[4]) : 0);
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  std::fflush(stdout);
  std::mt19937_64 random(seed);
  const std::vector<std::string> inputs = read_files(argv[1]);
  uint64_t runs = 0;
  do {
    for (const std::string& input : inputs) {
      run(input);
      for (uint64_t i = 0; i < mutations; ++i) run(mutate(input, random));
      runs += 1 + mutations;
      if (runs > inputs.size() * (1 + mutations) && std::chrono::steady_clock::now() >= end) break;
    }
  } while (!inputs.empty() && std::chrono::steady_clock::now() < end);
  std::printf("%zu inputs and their mutations, %llu runs: no difference\n", inputs.size(), static_cast<unsigned long long>(runs));
  return inputs.empty() ? 1 : 0;
}
