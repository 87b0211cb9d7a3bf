// The Go library ocpp-go, remote-controlled over standard input and output (the protocol is in ../README.md). What is played stands in
// the driver; this program only lends it the library. Both roles stand on package ocppj, which parses and validates; the typed layers
// above it would only hand the same messages to one method each.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"sync"

	"github.com/lorenzodonini/ocpp-go/ocpp"
	types16 "github.com/lorenzodonini/ocpp-go/ocpp1.6/types"
	types201 "github.com/lorenzodonini/ocpp-go/ocpp2.0.1/types"
)

type station struct {
	Id       string  `json:"id"`
	Password *string `json:"password"`
}

type settings struct {
	Url      string    `json:"url"`
	Id       string    `json:"id"`
	Password *string   `json:"password"`
	Offer    []string  `json:"offer"`
	Stations []station `json:"stations"`
}

// Whole seconds, as the library writes them, would set a station's clock back by up to one.
const milliseconds = "2006-01-02T15:04:05.000Z07:00"

type event map[string]interface{}

type order struct {
	Do      string                     `json:"do"`
	N       int                        `json:"n"`
	Action  string                     `json:"action"`
	Payload json.RawMessage            `json:"payload"`
	Text    string                     `json:"text"`
	Answers map[string]json.RawMessage `json:"answers"`
}

var stdout sync.Mutex

func tell(name string, more event) {
	more["event"] = name
	line, err := json.Marshal(more)
	if err != nil {
		panic(err)
	}
	stdout.Lock()
	defer stdout.Unlock()
	fmt.Println(string(line))
}

func complain(err *ocpp.Error) {
	tell("complaint", event{"what": fmt.Sprintf("%s: %s", err.Code, err.Description)})
}

// A role can be told what it sends.
type role interface {
	start(settings)
	send(request ocpp.Request) error
	write(text []byte) error
	library() *library
}

// obey carries out orders until standard input ends, which ends the program.
func obey(r role) {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 1<<16), 1<<24)
	for lines.Scan() {
		var o order
		if err := json.Unmarshal(lines.Bytes(), &o); err != nil {
			panic(err)
		}
		switch o.Do {
		case "answers":
			r.library().learn(o.Answers)
		case "call":
			call(r, o)
		case "raw":
			if err := r.write([]byte(o.Text)); err != nil {
				tell("complaint", event{"what": err.Error()})
			}
		}
	}
}

// call makes a request of the library's type out of the payload and sends it; its answer comes through library.answered.
func call(r role, o order) {
	request, err := r.library().request(o.Action, o.Payload)
	if err == nil {
		r.library().expect(o.N)
		err = r.send(request)
	}
	if err != nil {
		tell("answer", event{"n": o.N, "error": event{"code": "local", "description": err.Error()}})
	}
}

func main() {
	types16.DateTimeFormat, types201.DateTimeFormat = milliseconds, milliseconds
	if os.Args[1] == "judge" {
		judgeAll()
		return
	}
	var s settings
	if err := json.Unmarshal([]byte(os.Args[2]), &s); err != nil {
		panic(err)
	}
	lib := newLibrary(s.Offer[0])
	roles := map[string]role{"station": &client{lib: lib}, "central": &server{lib: lib}}
	r := roles[os.Args[1]]
	go r.start(s)
	obey(r)
}
