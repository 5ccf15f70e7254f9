// libcurl's functions, loaded late (io/late_library.h): it brings some thirty libraries along. In
// this namespace the names hide libcurl's own. Thread-safe.
#pragma once

#include <curl/curl.h>

#include "io/late_library.h"

namespace ctestbed {

// libcurl's function of that name; loads and initialises the library first.
void* FindInLibcurl(const char* name);

inline constexpr LateFunction<decltype(::curl_easy_cleanup)> curl_easy_cleanup{FindInLibcurl,
                                                                               "curl_easy_cleanup"};
inline constexpr LateFunction<decltype(::curl_easy_getinfo)> curl_easy_getinfo{FindInLibcurl,
                                                                               "curl_easy_getinfo"};
inline constexpr LateFunction<decltype(::curl_easy_init)> curl_easy_init{FindInLibcurl,
                                                                         "curl_easy_init"};
inline constexpr LateFunction<decltype(::curl_easy_setopt)> curl_easy_setopt{FindInLibcurl,
                                                                             "curl_easy_setopt"};
inline constexpr LateFunction<decltype(::curl_easy_strerror)> curl_easy_strerror{
    FindInLibcurl, "curl_easy_strerror"};
inline constexpr LateFunction<decltype(::curl_free)> curl_free{FindInLibcurl, "curl_free"};
inline constexpr LateFunction<decltype(::curl_getdate)> curl_getdate{FindInLibcurl, "curl_getdate"};
inline constexpr LateFunction<decltype(::curl_multi_add_handle)> curl_multi_add_handle{
    FindInLibcurl, "curl_multi_add_handle"};
inline constexpr LateFunction<decltype(::curl_multi_cleanup)> curl_multi_cleanup{
    FindInLibcurl, "curl_multi_cleanup"};
inline constexpr LateFunction<decltype(::curl_multi_info_read)> curl_multi_info_read{
    FindInLibcurl, "curl_multi_info_read"};
inline constexpr LateFunction<decltype(::curl_multi_init)> curl_multi_init{FindInLibcurl,
                                                                           "curl_multi_init"};
inline constexpr LateFunction<decltype(::curl_multi_perform)> curl_multi_perform{
    FindInLibcurl, "curl_multi_perform"};
inline constexpr LateFunction<decltype(::curl_multi_poll)> curl_multi_poll{FindInLibcurl,
                                                                           "curl_multi_poll"};
inline constexpr LateFunction<decltype(::curl_multi_remove_handle)> curl_multi_remove_handle{
    FindInLibcurl, "curl_multi_remove_handle"};
inline constexpr LateFunction<decltype(::curl_multi_wakeup)> curl_multi_wakeup{FindInLibcurl,
                                                                               "curl_multi_wakeup"};
inline constexpr LateFunction<decltype(::curl_slist_append)> curl_slist_append{FindInLibcurl,
                                                                               "curl_slist_append"};
inline constexpr LateFunction<decltype(::curl_slist_free_all)> curl_slist_free_all{
    FindInLibcurl, "curl_slist_free_all"};
inline constexpr LateFunction<decltype(::curl_url)> curl_url{FindInLibcurl, "curl_url"};
inline constexpr LateFunction<decltype(::curl_url_cleanup)> curl_url_cleanup{FindInLibcurl,
                                                                             "curl_url_cleanup"};
inline constexpr LateFunction<decltype(::curl_url_get)> curl_url_get{FindInLibcurl, "curl_url_get"};
inline constexpr LateFunction<decltype(::curl_url_set)> curl_url_set{FindInLibcurl, "curl_url_set"};

}  // namespace ctestbed
