# Files that ctestbed prints about itself, and where each is installed.

# ctestbed_prints(FILE DESTINATION ARGUMENT...)
function(ctestbed_prints file destination)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/share/${file})
  add_custom_command(OUTPUT ${output} COMMAND ctestbed ${ARGN} > ${output} DEPENDS ctestbed)
  set_property(GLOBAL APPEND PROPERTY ctestbed_printed ${output})
  install(FILES ${output} DESTINATION ${destination})
endfunction()

file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/share)
ctestbed_prints(ctestbed.1 ${CMAKE_INSTALL_MANDIR}/man1 man)
ctestbed_prints(ctestbed ${CMAKE_INSTALL_DATADIR}/bash-completion/completions completion bash)
ctestbed_prints(ctestbed.fish ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d completion fish)
ctestbed_prints(_ctestbed ${CMAKE_INSTALL_DATADIR}/zsh/site-functions completion zsh)

get_property(printed GLOBAL PROPERTY ctestbed_printed)
add_custom_target(self-description ALL DEPENDS ${printed})
