#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

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

}  // namespace

/// Usage: replay FOLDER [MUTATIONS [SEED]]: every file of the folder, then so many mutations of each.
int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: %s FOLDER [MUTATIONS [SEED]]\n", argv[0]);
    return 2;
  }
  const uint64_t mutations = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 0;
  const uint64_t seed = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1;
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  std::fflush(stdout);
  std::mt19937_64 random(seed);
  size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string input((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    run(input);
    for (uint64_t i = 0; i < mutations; ++i) run(mutate(input, random));
    ++files;
  }
  std::printf("%zu inputs, %llu mutations of each: no difference\n", files, static_cast<unsigned long long>(mutations));
  return files > 0 ? 0 : 1;
}
