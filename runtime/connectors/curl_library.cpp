#include "runtime/connectors/curl_library.h"

#include <dlfcn.h>

#include <string>

namespace millrace {

namespace {

// Of both of Debian's builds; the first is what the setup installs.
constexpr const char* kNames[] = {"libcurl.so.4", "libcurl-gnutls.so.4"};

/// Looks symbols up, and remembers the first that is missing.
class SymbolFinder {
 public:
  explicit SymbolFinder(void* library) : library_(library) {}

  template <class Function>
  void find(const char* name, Function* function) {
    *function = reinterpret_cast<Function>(::dlsym(library_, name));
    if (*function == nullptr && missing_.empty()) missing_ = name;
  }
  const std::string& missing() const { return missing_; }

 private:
  void* library_;
  std::string missing_;
};

}  // namespace

Result<CurlLibrary> load_curl_library() {
  void* library = nullptr;
  for (const char* name : kNames) {
    if (library == nullptr) library = ::dlopen(name, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  }
  if (library == nullptr) return Status::error("reading over http needs libcurl, which is not there: install the package libcurl4");
  CurlLibrary curl;
  SymbolFinder finder(library);
  finder.find("curl_global_init", &curl.global_init);
  finder.find("curl_easy_init", &curl.easy_init);
  finder.find("curl_easy_cleanup", &curl.easy_cleanup);
  finder.find("curl_easy_reset", &curl.easy_reset);
  finder.find("curl_easy_setopt", &curl.easy_setopt);
  finder.find("curl_easy_getinfo", &curl.easy_getinfo);
  finder.find("curl_easy_pause", &curl.easy_pause);
  finder.find("curl_easy_strerror", &curl.easy_strerror);
  finder.find("curl_multi_init", &curl.multi_init);
  finder.find("curl_multi_cleanup", &curl.multi_cleanup);
  finder.find("curl_multi_setopt", &curl.multi_setopt);
  finder.find("curl_multi_add_handle", &curl.multi_add_handle);
  finder.find("curl_multi_remove_handle", &curl.multi_remove_handle);
  finder.find("curl_multi_socket_action", &curl.multi_socket_action);
  finder.find("curl_multi_info_read", &curl.multi_info_read);
  finder.find("curl_slist_append", &curl.slist_append);
  finder.find("curl_slist_free_all", &curl.slist_free_all);
  if (!finder.missing().empty()) return Status::error("this libcurl has no " + finder.missing());
  if (curl.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return Status::error("libcurl does not start");
  return curl;
}

}  // namespace millrace
