# Compiles presets/defaults.yaml into ctestbed_config, so that defaults and reference are one file.
set(ctestbed_defaults ${PROJECT_SOURCE_DIR}/presets/defaults.yaml)
file(READ ${ctestbed_defaults} ctestbed_defaults_text)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${ctestbed_defaults})
file(CONFIGURE OUTPUT embedded_defaults.cpp @ONLY CONTENT [==[
#include "config/defaults.h"

const std::string_view ctestbed::kEmbeddedDefaults = R"yaml(@ctestbed_defaults_text@)yaml";
]==])
target_sources(ctestbed_config PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/embedded_defaults.cpp)
