package main

import (
	"bufio"
	"encoding/json"
	"os"

	"github.com/lorenzodonini/ocpp-go/ocpp"
	"github.com/lorenzodonini/ocpp-go/ocppj"
)

// A frame of a log: its version, the action when the frame does not name it, and the frame.
type line struct {
	Version string        `json:"version"`
	Action  string        `json:"action"`
	Frame   []interface{} `json:"frame"`
}

// A state in which a request of the judged frame's action is always pending.
type pending struct{ request ocpp.Request }

func (p pending) AddPendingRequest(string, ocpp.Request)        {}
func (p pending) GetPendingRequest(string) (ocpp.Request, bool) { return p.request, p.request != nil }
func (p pending) DeletePendingRequest(string)                   {}
func (p pending) ClearPendingRequests()                         {}
func (p pending) HasPendingRequest() bool                       { return p.request != nil }

func judge(l line) event {
	lib := newLibrary("ocpp" + l.Version)
	endpoint := &ocppj.Endpoint{Profiles: lib.profiles}
	endpoint.SetDialect(lib.dialect)
	action := l.Action
	if action == "" { // what a CALLERROR refuses does not matter
		action = "Heartbeat"
	}
	request, _ := lib.request(action, json.RawMessage("{}"))
	if _, err := endpoint.ParseMessage(l.Frame, pending{request}); err != nil {
		refusal := err.(*ocpp.Error)
		return event{"ok": false, "code": refusal.Code, "reason": refusal.Description}
	}
	return event{"ok": true}
}

func judgeAll() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 1<<16), 1<<24)
	for lines.Scan() {
		var l line
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			tell("verdict", event{"ok": false, "code": "", "reason": err.Error()})
			continue
		}
		tell("verdict", judge(l))
	}
}
