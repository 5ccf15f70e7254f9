# Every library that ctestbed links, in one place; harness/ARCHITECTURE.md says which folder owns which.
find_package(Threads REQUIRED)
find_package(CURL REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(pugixml REQUIRED)
find_package(fmt REQUIRED)
find_package(CLI11 REQUIRED)
find_package(tl-expected REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto SSL)
find_package(ZLIB REQUIRED)
find_package(Boost 1.75 REQUIRED)        # headers of Asio and Beast, for harness/client and fixtures/realm
find_package(PkgConfig REQUIRED)
find_package(LibXml2 REQUIRED)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
find_path(CTESTBED_MUSTACHE kainjow/mustache.hpp REQUIRED)  # a header and nothing else
if(CTESTBED_BUILD_TESTS)
  find_package(GTest REQUIRED)
endif()
