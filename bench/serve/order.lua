-- order.lua - wrk buys day passes: each request is an order of its own, paid by card.
local number, thread = 0, 0
function setup(t) thread = thread + 1 t:set("id", thread) end
function init(args)
  cookie, proof, run = args[1], args[2], args[3]
end
function request()
  number = number + 1
  return wrk.format("POST", "/api/desk/order", {["Content-Type"] = "application/json", ["Cookie"] = cookie, ["X-Piste"] = proof},
    '{"key":"' .. run .. "-" .. id .. "-" .. number .. '","positions":[{"product":"day-pass","class":"abroad","date":"2019-02-02"}],"payments":[{"tender":"card"}]}')
end
