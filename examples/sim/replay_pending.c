/* replay_pending.c: notes the pile makes, and what its keys give, in no fixed place before or behind the line that says so. */
#include "replay_inside.h"

#include <stdlib.h>
#include <string.h>

/* --- notes ------------------------------------------------------------------------------------------------------- */

static void forget_first(struct notes *notes)
{
    free(notes->lines[0]);
    notes->count--;
    memmove(notes->lines, notes->lines + 1, notes->count * sizeof notes->lines[0]);
}

/* |line| is met by the first of |others|, or is kept among |mine|. */
static void match_note(struct replay *replay, struct notes *mine, struct notes *others, const char *line)
{
    if (others->count > 0) {
        if (strcmp(others->lines[0], line) != 0) {
            const bool is_made = mine == &replay->made;
            replay_fail(replay, "another note\n- %s\n+ %s", is_made ? others->lines[0] : line, is_made ? line : others->lines[0]);
        }
        forget_first(others);
        return;
    }
    if (mine->count == NOTES) {
        replay_fail(replay, "more than %d notes are waited for", NOTES);
        return;
    }
    mine->lines[mine->count] = strdup(line);
    if (!mine->lines[mine->count]) {
        replay_fail(replay, "out of memory");
        return;
    }
    mine->count++;
}

static void on_note(const char *line, void *user)
{
    struct replay *replay = user;

    match_note(replay, &replay->made, &replay->recorded, line);
}

/* Nothing that was done is left to be done again. */
void replay_demand_nothing_else(struct replay *replay)
{
    if (replay->answers.count > 0) {
        replay_fail(replay, replay->answers.lines[0].kind == RECORDING_KEY
                                ? "the pile does not ask its keys for what it asked for"
                                : "the pile does not ask for the file it asked for");
    }
    if (replay->recorded.count > 0) {
        replay_fail(replay, "a note is missing\n- %s", replay->recorded.lines[0]);
    }
    if (replay->made.count > 0) {
        replay_fail(replay, "a note too many\n+ %s", replay->made.lines[0]);
    }
}

/* --- keys -------------------------------------------------------------------------------------------------------- */

/* Takes what |line| owns. */
void replay_keep_answer(struct replay *replay, struct recording_line *line)
{
    if (replay->answers.count == ANSWERS) {
        replay_fail(replay, "more than %d answers of keys and transfers were not asked for", ANSWERS);
        return;
    }
    replay->answers.lines[replay->answers.count++] = *line;
    line->text = NULL;
}

/* The pile asks while something is given to it: what it had stands in one of the next lines, behind notes at most. A recording
 * that was cut may end before. */
static void look_ahead(struct replay *replay)
{
    struct recording_line line;

    while (replay->answers.count == 0 && !replay->failed && !replay->ended) {
        const int64_t size = replay_next_line(replay);
        const char *why = size < 0 ? "the recording breaks off" : recording_parse(replay->text, (size_t)size, &line);

        if (why) {
            replay_fail(replay, "%s", why);
            return;
        }
        if (line.kind == RECORDING_KEY || line.kind == RECORDING_MOVE) {
            replay_keep_answer(replay, &line);
        } else if (line.kind == RECORDING_NOTE) {
            match_note(replay, &replay->recorded, &replay->made, line.text);
        } else if (line.kind == RECORDING_END && line.cut) {
            replay->ended = true;
        } else {
            replay_fail(replay, "the pile asks its keys, or for a file, when it did not");
        }
        recording_free(&line);
    }
}

/* The oldest answer; false: there is none. */
static bool take_answer(struct replay *replay, struct recording_line *line)
{
    struct answers *answers = &replay->answers;

    look_ahead(replay);
    if (answers->count == 0) {
        return false;
    }
    *line = answers->lines[0];
    answers->count--;
    memmove(answers->lines, answers->lines + 1, answers->count * sizeof *line);
    return true;
}

static enum ocpp_status on_key(enum recording_key key, unsigned char *bytes, void *user)
{
    struct recording_line line;

    if (!take_answer(user, &line)) {
        return OCPP_ERR_CRYPTO;
    }
    const bool is_same = line.kind == RECORDING_KEY && line.key == key;
    const enum ocpp_status status = is_same ? line.status : OCPP_ERR_CRYPTO;
    if (!is_same) {
        replay_fail(user, "the pile asks its keys for something else");
    }
    if (status == OCPP_OK && bytes) {
        (void)recording_bytes(&line, bytes, recording_key_size(key));
    }
    recording_free(&line);
    return status;
}

static enum ocpp_status on_move(int64_t transfer, void *user)
{
    struct recording_line line;

    if (!take_answer(user, &line)) {
        return OCPP_ERR_BUSY;
    }
    const bool is_same = line.kind == RECORDING_MOVE && line.transfer == transfer;
    if (!is_same) {
        replay_fail(user, "the pile asks for another file");
    }
    recording_free(&line);
    return is_same ? line.status : OCPP_ERR_BUSY;
}

static void forget_notes(struct notes *notes)
{
    while (notes->count > 0) {
        forget_first(notes);
    }
}

void replay_hook(struct replay *replay)
{
    replay->tape = (struct pile_tape){ .random = replay->head.seed,
                                       .on_note = on_note,
                                       .on_key = on_key,
                                       .on_move = on_move,
                                       .protocols = replay->head.protocols,
                                       .user = replay };
    replay->pile.tape = &replay->tape;
}

void replay_keep_note(struct replay *replay, const char *line)
{
    match_note(replay, &replay->recorded, &replay->made, line);
}

void replay_forget_pending(struct replay *replay)
{
    forget_notes(&replay->recorded);
    forget_notes(&replay->made);
    while (replay->answers.count > 0) {
        recording_free(&replay->answers.lines[--replay->answers.count]);
    }
}
