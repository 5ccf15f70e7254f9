// libcurl's functions, which load the library when the first of them is called: it brings some
// thirty libraries along, and a command that sends no request starts in half the time without them.
// In this namespace the names hide libcurl's own. Thread-safe.
#pragma once

#include <curl/curl.h>

namespace ctestbed {

// libcurl's function of that name; loads and initialises the library first. Ends the program as the
// dynamic linker does when there is none.
void* FindInLibcurl(const char* name);

template <typename Function>
struct LibcurlFunction {
  const char* name;

  template <typename... Arguments>
  auto operator()(Arguments... arguments) const {
    return reinterpret_cast<Function*>(FindInLibcurl(name))(arguments...);
  }
};

inline constexpr LibcurlFunction<decltype(::curl_easy_cleanup)> curl_easy_cleanup{
    "curl_easy_cleanup"};
inline constexpr LibcurlFunction<decltype(::curl_easy_getinfo)> curl_easy_getinfo{
    "curl_easy_getinfo"};
inline constexpr LibcurlFunction<decltype(::curl_easy_init)> curl_easy_init{"curl_easy_init"};
inline constexpr LibcurlFunction<decltype(::curl_easy_setopt)> curl_easy_setopt{"curl_easy_setopt"};
inline constexpr LibcurlFunction<decltype(::curl_easy_strerror)> curl_easy_strerror{
    "curl_easy_strerror"};
inline constexpr LibcurlFunction<decltype(::curl_free)> curl_free{"curl_free"};
inline constexpr LibcurlFunction<decltype(::curl_getdate)> curl_getdate{"curl_getdate"};
inline constexpr LibcurlFunction<decltype(::curl_multi_add_handle)> curl_multi_add_handle{
    "curl_multi_add_handle"};
inline constexpr LibcurlFunction<decltype(::curl_multi_cleanup)> curl_multi_cleanup{
    "curl_multi_cleanup"};
inline constexpr LibcurlFunction<decltype(::curl_multi_info_read)> curl_multi_info_read{
    "curl_multi_info_read"};
inline constexpr LibcurlFunction<decltype(::curl_multi_init)> curl_multi_init{"curl_multi_init"};
inline constexpr LibcurlFunction<decltype(::curl_multi_perform)> curl_multi_perform{
    "curl_multi_perform"};
inline constexpr LibcurlFunction<decltype(::curl_multi_poll)> curl_multi_poll{"curl_multi_poll"};
inline constexpr LibcurlFunction<decltype(::curl_multi_remove_handle)> curl_multi_remove_handle{
    "curl_multi_remove_handle"};
inline constexpr LibcurlFunction<decltype(::curl_multi_wakeup)> curl_multi_wakeup{
    "curl_multi_wakeup"};
inline constexpr LibcurlFunction<decltype(::curl_slist_append)> curl_slist_append{
    "curl_slist_append"};
inline constexpr LibcurlFunction<decltype(::curl_slist_free_all)> curl_slist_free_all{
    "curl_slist_free_all"};
inline constexpr LibcurlFunction<decltype(::curl_url)> curl_url{"curl_url"};
inline constexpr LibcurlFunction<decltype(::curl_url_cleanup)> curl_url_cleanup{"curl_url_cleanup"};
inline constexpr LibcurlFunction<decltype(::curl_url_get)> curl_url_get{"curl_url_get"};
inline constexpr LibcurlFunction<decltype(::curl_url_set)> curl_url_set{"curl_url_set"};

}  // namespace ctestbed
