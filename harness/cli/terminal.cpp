#include "cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

namespace ctestbed {

bool StdoutIsTerminal() {
  return isatty(STDOUT_FILENO) != 0;
}

int TerminalColumns() {
  winsize size{};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

}  // namespace ctestbed
