// What OpenSSL knows of the other end of a secured connection.
#pragma once

#include "io/http_client.h"

namespace ctestbed {

// `ssl` is an SSL* whose handshake is done. Without a certificate its fields stay empty.
TlsPeer DescribeTlsPeer(void* ssl);

}  // namespace ctestbed
