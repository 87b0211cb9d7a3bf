/* load_link.c: OpenSSL and zlib, as a station of ours would use them: TLS 1.2 or 1.3, no session of before. */
#include "load_link.h"

#include <errno.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <zlib.h>

static SSL_CTX *context;
static z_stream packer;
static z_stream unpacker;

static const unsigned char flush_mark[] = { 0x00, 0x00, 0xff, 0xff };

bool load_link_start(void)
{
    context = SSL_CTX_new(TLS_client_method());
    if (!context) {
        return false;
    }
    SSL_CTX_set_verify(context, SSL_VERIFY_NONE, NULL); /* whom it talks to is no question here */
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    return deflateInit2(&packer, 1, Z_DEFLATED, -11, 8, Z_DEFAULT_STRATEGY) == Z_OK && inflateInit2(&unpacker, -15) == Z_OK;
}

bool load_link_open(struct load_connection *connection)
{
    SSL *ssl = SSL_new(context);

    connection->tls = ssl;
    return ssl && SSL_set_fd(ssl, connection->fd) == 1;
}

void load_link_close(struct load_connection *connection)
{
    SSL_free(connection->tls);
    connection->tls = NULL;
}

int load_link_secure(struct load_connection *connection, bool *out)
{
    int done = SSL_connect(connection->tls);
    int error = done == 1 ? SSL_ERROR_NONE : SSL_get_error(connection->tls, done);

    *out = error == SSL_ERROR_WANT_WRITE;
    if (done == 1) {
        return 1;
    }
    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? 0 : -1;
}

/* What OpenSSL says, said as a socket would. */
static ssize_t as_socket(struct load_connection *connection, int result)
{
    if (result > 0) {
        return result;
    }
    int error = SSL_get_error(connection->tls, result);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
        errno = EAGAIN;
        return -1;
    }
    return 0;
}

ssize_t load_link_send(struct load_connection *connection, const void *bytes, size_t size)
{
    if (!connection->tls) {
        return send(connection->fd, bytes, size, MSG_NOSIGNAL);
    }
    return as_socket(connection, SSL_write(connection->tls, bytes, (int)size));
}

ssize_t load_link_receive(struct load_connection *connection, void *bytes, size_t size)
{
    if (!connection->tls) {
        return recv(connection->fd, bytes, size, 0);
    }
    return as_socket(connection, SSL_read(connection->tls, bytes, (int)size));
}

size_t load_pack(const void *text, size_t size, void *packed, size_t room)
{
    deflateReset(&packer);
    packer.next_in = (z_const Bytef *)text;
    packer.avail_in = (uInt)size;
    packer.next_out = packed;
    packer.avail_out = (uInt)room;
    if (deflate(&packer, Z_SYNC_FLUSH) != Z_OK || packer.avail_out == 0) {
        return 0;
    }
    return room - packer.avail_out - sizeof flush_mark;
}

static bool unpack_piece(const void *packed, size_t size)
{
    unpacker.next_in = (z_const Bytef *)packed;
    unpacker.avail_in = (uInt)size;
    int outcome = inflate(&unpacker, Z_SYNC_FLUSH);
    return (outcome == Z_OK || outcome == Z_BUF_ERROR) && unpacker.avail_out > 0;
}

size_t load_unpack(const void *packed, size_t size, void *text, size_t room)
{
    inflateReset(&unpacker);
    unpacker.next_out = text;
    unpacker.avail_out = (uInt)room;
    if (!unpack_piece(packed, size) || !unpack_piece(flush_mark, sizeof flush_mark)) {
        return 0;
    }
    return room - unpacker.avail_out;
}
