#include "runtime/connectors/compressed_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "runtime/base/memory.h"
#include "runtime/connectors/file_identity.h"

namespace millrace {

namespace {

constexpr size_t kCompressedChunk = size_t{128} << 10;

Status read_error(const std::string& path, const char* why) {
  return Status::error("cannot read '" + path + "': " + why);
}

Status shorter_than_it_was(const std::string& path) {
  return read_error(path, "it is shorter than what had been read of it when the checkpoint was made");
}

/// Owns a descriptor.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }

  int get() const { return fd_; }

  Result<size_t> read(char* buffer, size_t size, const std::string& path) {
    for (;;) {
      ssize_t got = ::read(fd_, buffer, size);
      if (got >= 0) return static_cast<size_t>(got);
      if (errno != EINTR) return read_error(path, std::strerror(errno));
    }
  }

 private:
  int fd_;
};

class PlainFile final : public FileBytes {
 public:
  PlainFile(Descriptor file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}

  Result<size_t> read(std::span<char> buffer) override {
    auto got = file_.read(buffer.data(), buffer.size(), path_);
    if (!got || *got > 0 || buffer.empty()) return got;
    const Status whole = check_not_shorter(file_.get(), ::lseek(file_.get(), 0, SEEK_CUR), "'" + path_ + "'");
    return whole.ok() ? got : Result<size_t>(whole);
  }

  uint32_t mark(int64_t place) const override { return seekable_fd() < 0 ? 0 : mark_before(file_.get(), place); }

  Status check(int64_t place, uint32_t mark) const override { return check_mark(file_.get(), place, mark, "'" + path_ + "'"); }

  Status skip(int64_t bytes) override {
    if (seekable_fd() < 0) return FileBytes::skip(bytes);
    struct stat info {};
    if (::fstat(file_.get(), &info) == 0 && info.st_size < bytes) return shorter_than_it_was(path_);
    return ::lseek(file_.get(), bytes, SEEK_SET) < 0 ? read_error(path_, std::strerror(errno)) : Status{};
  }

  int seekable_fd() const override {
    struct stat info {};
    return ::fstat(file_.get(), &info) == 0 && S_ISREG(info.st_mode) ? file_.get() : -1;
  }

 private:
  Descriptor file_;
  std::string path_;
};

/// gzip, also of several members one after the other.
class GzipFile final : public FileBytes {
 public:
  GzipFile(Descriptor file, std::string path) : file_(std::move(file)), path_(std::move(path)), input_(kCompressedChunk) {
    inflateInit2(&stream_, 15 + 16);  // the largest window; a gzip header is demanded
  }
  ~GzipFile() override { inflateEnd(&stream_); }

  Result<size_t> read(std::span<char> buffer) override {
    stream_.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream_.avail_out = static_cast<uInt>(buffer.size());
    while (stream_.avail_out == buffer.size()) {
      if (stream_.avail_in == 0) {
        auto filled = fill();
        if (!filled) return filled.error();
        if (*filled == 0) {
          if (!between_members_) return read_error(path_, "the gzip data ends too early");
          break;
        }
      }
      int outcome = inflate(&stream_, Z_NO_FLUSH);
      between_members_ = outcome == Z_STREAM_END;
      if (between_members_) inflateReset(&stream_);
      if (outcome != Z_OK && outcome != Z_STREAM_END && outcome != Z_BUF_ERROR) {
        return read_error(path_, "the gzip data is damaged");
      }
    }
    return buffer.size() - stream_.avail_out;
  }

 private:
  Result<size_t> fill() {
    auto got = file_.read(input_.data(), input_.size(), path_);
    if (!got) return got;
    stream_.next_in = reinterpret_cast<Bytef*>(input_.data());
    stream_.avail_in = static_cast<uInt>(*got);
    return got;
  }

  Descriptor file_;
  std::string path_;
  std::vector<char> input_;
  z_stream stream_{};
  bool between_members_ = false;
};

class ZstdFile final : public FileBytes {
 public:
  ZstdFile(Descriptor file, std::string path)
      : file_(std::move(file)), path_(std::move(path)), input_(kCompressedChunk), stream_(ZSTD_createDStream()) {
    if (stream_ == nullptr) out_of_memory(kCompressedChunk);
  }
  ~ZstdFile() override { ZSTD_freeDStream(stream_); }

  Result<size_t> read(std::span<char> buffer) override {
    ZSTD_outBuffer output{buffer.data(), buffer.size(), 0};
    while (output.pos == 0) {
      if (unread_.pos == unread_.size) {
        auto got = file_.read(input_.data(), input_.size(), path_);
        if (!got) return got;
        if (*got == 0) {
          if (!between_frames_) return read_error(path_, "the zstd data ends too early");
          break;
        }
        unread_ = {input_.data(), *got, 0};
      }
      size_t outcome = ZSTD_decompressStream(stream_, &output, &unread_);
      if (ZSTD_isError(outcome)) return read_error(path_, ZSTD_getErrorName(outcome));
      between_frames_ = outcome == 0;
    }
    return output.pos;
  }

 private:
  Descriptor file_;
  std::string path_;
  std::vector<char> input_;
  ZSTD_DStream* stream_;
  ZSTD_inBuffer unread_{nullptr, 0, 0};
  bool between_frames_ = false;
};

}  // namespace

Status FileBytes::skip(int64_t bytes) {
  std::vector<char> passed(kCompressedChunk);
  while (bytes > 0) {
    auto got = read({passed.data(), static_cast<size_t>(std::min<int64_t>(bytes, kCompressedChunk))});
    if (!got) return got.error();
    if (*got == 0) return Status::error("a file is shorter than what had been read of it when the checkpoint was made");
    bytes -= static_cast<int64_t>(*got);
  }
  return {};
}

Status FileBytes::go_on_at(int64_t place, uint32_t mark) {
  const Status passed = skip(place);
  return passed.ok() ? check(place, mark) : passed;
}

Result<std::unique_ptr<FileBytes>> open_file_bytes(const std::string& path) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return read_error(path, std::strerror(errno));
  struct stat info {};
  if (::fstat(file.get(), &info) == 0 && S_ISDIR(info.st_mode)) return read_error(path, "it is a folder");
  if (path.ends_with(".gz")) return std::unique_ptr<FileBytes>(new GzipFile(std::move(file), path));
  if (path.ends_with(".zst")) return std::unique_ptr<FileBytes>(new ZstdFile(std::move(file), path));
  return std::unique_ptr<FileBytes>(new PlainFile(std::move(file), path));
}

}  // namespace millrace
