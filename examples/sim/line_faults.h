/* line_faults.h: what a tester does to the line of one pile: texts that get lost, answers that come late. */
#ifndef OCPP_SIM_LINE_FAULTS_H
#define OCPP_SIM_LINE_FAULTS_H

#include <ocpp/message.h>

enum { LINE_FAULTS_HELD = 8 };

/* An answer on its way. */
struct held_text {
    char *text;
    size_t size;
    int64_t due_mono_ms;
};

struct line_faults {
    int lost_answers; /* so many answers of the central system get lost from now on */
    char only[64];    /* to calls of these actions; "": of any */
    char asked[64];   /* the action of the pile's newest call */
    int lost_calls;   /* so many calls of the pile */
    int late_answers; /* so many answers come |late_ms| later */
    int64_t late_ms;
    struct held_text held[LINE_FAULTS_HELD];
};

enum line_fate { LINE_PASSES, LINE_LOSES, LINE_HOLDS };

/* line_faults_judge: what becomes of a text now. One that is held is copied. */
enum line_fate line_faults_judge(struct line_faults *faults, enum ocpp_direction from, const char *text, size_t size,
                                 int64_t now_mono_ms);

/* line_faults_due: the first held text that arrives by |now_mono_ms|, to be freed by the caller; NULL. */
char *line_faults_due(struct line_faults *faults, int64_t now_mono_ms, size_t *size);

/* line_faults_forget: what is on its way is lost with the link. */
void line_faults_forget(struct line_faults *faults);

#endif
