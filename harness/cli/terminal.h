// What standard output is.
#pragma once

namespace ctestbed {

bool StdoutIsTerminal();
int TerminalColumns();  // 0 when unknown

}  // namespace ctestbed
