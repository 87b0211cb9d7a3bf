/* link_port.h: where the phone link of a pile comes out: a pseudo-terminal, which stands for the serial port of a Bluetooth
 * module, or a unix socket. And the phone's end of it.
 */
#ifndef EXAMPLES_LINK_PORT_H
#define EXAMPLES_LINK_PORT_H

#include <stdbool.h>
#include <stddef.h>

enum { LINK_PORT_PATH = 108, LINK_PORT_WAITING = 8192 };

struct link_port {
    int listener; /* -1: none */
    int fd;       /* -1: nobody is there */
    int other_fd; /* the far end of the pseudo-terminal, held so that it stays as it is; -1: none */
    char path[LINK_PORT_PATH];
    unsigned char waiting[LINK_PORT_WAITING]; /* that the other side has not taken */
    size_t waiting_size;
};

/* link_port_listen: "pty" or "unix:PATH"; |path| tells where a phone finds it. link_port_dial: "unix:PATH" or the path of a
 * terminal. False: |reason| says why. */
bool link_port_listen(struct link_port *port, const char *where, char *reason, size_t size);
bool link_port_dial(struct link_port *port, const char *where, char *reason, size_t size);
void link_port_close(struct link_port *port);

/* link_port_accept: whether somebody else is there now, in the place of who was. */
bool link_port_accept(struct link_port *port);

/* link_port_read: what came; 0: nothing; below 0: who was there is gone. */
int link_port_read(struct link_port *port, unsigned char *bytes, size_t size);

/* link_port_has_room: for one more frame. link_port_write: all of it, or as much as can be kept until the other side takes it.
 * False: who was there is gone. link_port_flush: what waits. */
bool link_port_has_room(const struct link_port *port);
bool link_port_write(struct link_port *port, const unsigned char *bytes, size_t size);
bool link_port_flush(struct link_port *port);

#endif
