/* server_main.h: ocpp-phone with a server: one command of acts.h, or a file of them. */
#ifndef OCPP_PHONE_SERVER_MAIN_H
#define OCPP_PHONE_SERVER_MAIN_H

#include <stdbool.h>

/* server_main: the program, from its command line to its exit code. */
int server_main(int argc, char **argv);

/* server_main_is_meant: the command line is for it: --server, with --scenario, --script or a request of acts.h other than get and
 * post. */
bool server_main_is_meant(int argc, char **argv);

#endif
