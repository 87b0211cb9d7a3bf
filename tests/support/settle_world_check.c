/* settle_world_check.c: what must hold after every step of every test, as far as a store shows it. */
#include "unit.h"

#include "settle_checker.h"
#include "settle_world.h"

#include <stdio.h>

void settle_world_check(struct settle_world *world)
{
    const char *broken = settle_checker_run(world->checker);

    if (broken) {
        print_error("%s\n", broken);
    }
    assert_null(broken);
}

void settle_world_check_in_full(struct settle_world *world)
{
    const char *broken = settle_checker_run_in_full(world->checker);

    if (broken) {
        print_error("%s\n", broken);
    }
    assert_null(broken);
}

void settle_world_check_at_rest(struct settle_world *world)
{
    const char *broken = settle_checker_run_at_rest(world->checker);

    if (broken) {
        print_error("%s\n", broken);
    }
    assert_null(broken);
}

void settle_world_check_refused(struct settle_world *world)
{
    const char *broken = settle_checker_refused(world->checker);

    if (broken) {
        print_error("%s\n", broken);
    }
    assert_null(broken);
    assert_true(world->done_code[0] != '\0');
}

void settle_world_check_begin(struct settle_world *world)
{
    world->checker = settle_checker_new(world->store, &world->keys.contract);
}

void settle_world_check_end(struct settle_world *world)
{
    settle_world_check_in_full(world);
    settle_checker_free(world->checker);
}
