# Compiles the page's template, style and script into ctestbed_report.
set(assets ${CMAKE_CURRENT_LIST_DIR})
set(embedded "#include \"report/html/assets.h\"\n")
foreach(asset Template:page.mustache Style:page.css Script:page.js)
  string(REPLACE ":" ";" asset ${asset})
  list(GET asset 0 name)
  list(GET asset 1 file)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${assets}/${file})
  file(READ ${assets}/${file} text)
  string(APPEND embedded
         "\nconst std::string_view ctestbed::kPage${name} = R\"asset(${text})asset\";\n")
endforeach()
file(CONFIGURE OUTPUT embedded_page.cpp CONTENT "${embedded}" @ONLY)
target_sources(ctestbed_report PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/embedded_page.cpp)
