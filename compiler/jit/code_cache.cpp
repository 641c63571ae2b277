#include "compiler/jit/code_cache.h"

#include <fcntl.h>
#include <link.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>

#include <llvm/ADT/StringExtras.h>
#include <llvm/Bitcode/BitcodeWriter.h>
#include <llvm/Support/BLAKE3.h>
#include <llvm/Support/raw_ostream.h>

namespace millrace {

namespace fs = std::filesystem;

namespace {

constexpr llvm::StringLiteral kMagic = "millrace code 1\n";
constexpr size_t kDigestBytes = 32;
constexpr size_t kHeaderBytes = kMagic.size() + kDigestBytes;

using Digest = llvm::BLAKE3Result<kDigestBytes>;

Digest digest_of(llvm::StringRef text) {
  llvm::BLAKE3 hasher;
  hasher.update(text);
  return hasher.final<kDigestBytes>();
}

llvm::StringRef bytes_of(const Digest& digest) { return {reinterpret_cast<const char*>(digest.data()), digest.size()}; }

std::string name_of(llvm::StringRef text) {
  return llvm::toHex(bytes_of(digest_of(text)).take_front(kDigestBytes / 2), /*LowerCase=*/true);
}

/// dl_iterate_phdr's visit of the program itself, which comes first: the linker's note of what the program was made of.
int read_build_id(dl_phdr_info* info, size_t, void* result) {
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const auto& header = info->dlpi_phdr[i];
    if (header.p_type != PT_NOTE) continue;
    const char* note = reinterpret_cast<const char*>(info->dlpi_addr + header.p_vaddr);
    const char* const end = note + header.p_memsz;
    while (note + sizeof(ElfW(Nhdr)) <= end) {
      ElfW(Nhdr) head;
      std::memcpy(&head, note, sizeof head);
      const auto padded = [](size_t size) { return (size + 3) / 4 * 4; };
      const char* const value = note + sizeof head + padded(head.n_namesz);
      if (head.n_type == NT_GNU_BUILD_ID) {
        static_cast<std::string*>(result)->assign(value, head.n_descsz);
        return 1;
      }
      note = value + padded(head.n_descsz);
    }
  }
  return 1;
}

std::string build_id() {
  std::string id;
  dl_iterate_phdr(read_build_id, &id);
  return id;
}

bool is_mine_alone(const struct stat& status) { return status.st_uid == geteuid() && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0; }

/// An open file that closes itself.
struct File {
  int fd;
  explicit File(int opened) : fd(opened) {}
  ~File() {
    if (fd >= 0) close(fd);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
};

bool write_all(int fd, llvm::StringRef bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes = bytes.drop_front(static_cast<size_t>(written));
  }
  return true;
}

}  // namespace

CodeCache::CodeCache(std::string folder, std::string program_and_processor)
    : folder_(std::move(folder) + "/"), program_and_processor_(std::move(program_and_processor)) {}

std::unique_ptr<CodeCache> CodeCache::open(const std::string& folder, const NativeTarget& target) {
  const std::string program = build_id();
  if (folder.empty() || program.empty()) return nullptr;
  std::error_code error;
  fs::create_directories(fs::path(folder).parent_path(), error);
  mkdir(folder.c_str(), S_IRWXU);  // fails when it is there, which is looked at next
  struct stat status = {};
  if (lstat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode) || !is_mine_alone(status)) return nullptr;
  return std::unique_ptr<CodeCache>(new CodeCache(folder, program + '\0' + target.description()));
}

CodeCache::Key CodeCache::key(const llvm::Module& module) const {
  llvm::SmallVector<char, 0> bitcode;
  llvm::raw_svector_ostream stream(bitcode);
  llvm::WriteBitcodeToFile(module, stream);
  llvm::BLAKE3 hasher;
  hasher.update(program_and_processor_);
  hasher.update(llvm::StringRef(bitcode.data(), bitcode.size()));
  Key key;
  key.digest_ = bytes_of(hasher.final<kDigestBytes>()).str();
  return key;
}

std::string CodeCache::Key::of(Tier tier, const std::vector<std::string>& entries) const {
  std::string text = digest_ + (tier == Tier::Fast ? 'f' : 'o');
  for (const std::string& entry : entries) text += entry + '\0';
  return name_of(text);
}

std::unique_ptr<llvm::MemoryBuffer> CodeCache::find(const std::string& name) const {
  const std::string path = folder_ + name;
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  struct stat status = {};
  if (file.fd < 0 || fstat(file.fd, &status) != 0 || !S_ISREG(status.st_mode) || !is_mine_alone(status)) return nullptr;
  auto whole = llvm::MemoryBuffer::getOpenFile(file.fd, path, static_cast<uint64_t>(status.st_size), /*RequiresNullTerminator=*/false,
                                               /*IsVolatile=*/true);
  if (!whole) return nullptr;
  const llvm::StringRef bytes = (*whole)->getBuffer();
  if (bytes.size() <= kHeaderBytes || !bytes.starts_with(kMagic)) return nullptr;
  const llvm::StringRef object = bytes.drop_front(kHeaderBytes);
  if (bytes.substr(kMagic.size(), kDigestBytes) != bytes_of(digest_of(object))) return nullptr;
  futimens(file.fd, nullptr);  // used now; a failure makes it be forgotten sooner
  return llvm::MemoryBuffer::getMemBufferCopy(object, name);
}

void CodeCache::keep(const std::string& name, llvm::StringRef object) const {
  std::string path = folder_ + ".XXXXXX";
  const File file(mkostemp(path.data(), O_CLOEXEC));
  if (file.fd < 0) return;
  const bool whole = write_all(file.fd, kMagic) && write_all(file.fd, bytes_of(digest_of(object))) && write_all(file.fd, object);
  if (!whole || rename(path.c_str(), (folder_ + name).c_str()) != 0) unlink(path.c_str());
  forget_oldest();
}

void CodeCache::forget_oldest() const {
  std::error_code error;
  // Counting reads the names alone; when each was used is asked only of a folder that is too full.
  const auto count = std::distance(fs::directory_iterator(folder_, error), fs::directory_iterator());
  if (error || static_cast<size_t>(count) <= kMostObjects) return;
  std::vector<std::pair<fs::file_time_type, fs::path>> files;
  for (const auto& entry : fs::directory_iterator(folder_, error)) files.emplace_back(entry.last_write_time(error), entry.path());
  if (files.size() <= kMostObjects) return;
  // More than need go at once, so that this is not done for each new object.
  const auto kept = files.begin() + static_cast<ptrdiff_t>(files.size() - kMostObjects * 3 / 4);
  std::nth_element(files.begin(), kept, files.end());
  for (auto file = files.begin(); file != kept; ++file) fs::remove(file->second, error);
}

}  // namespace millrace
