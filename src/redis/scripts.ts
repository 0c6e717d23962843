import { createHash } from "node:crypto";

/** A script that Redis runs as one step (https://redis.io/docs/latest/develop/programmability/eval-intro/). */
export interface Script {
  readonly text: string;
  readonly sha1: string;
}

function script(text: string): Script {
  return { text, sha1: createHash("sha1").update(text).digest("hex") };
}

/** Leases end by the clock of Redis, so that those of the instances need not agree. */
const LIVE = `
local time = redis.call('TIME')
local live = time[1] * 1000 + math.floor(time[2] / 1000)
local function renew(instances, me, lease)
  redis.call('ZREMRANGEBYSCORE', instances, '-inf', live)
  redis.call('ZADD', instances, live + lease, me)
  redis.call('PEXPIRE', instances, lease)
end
`;

/**
 * A client is a hash: `e`, when its last connection ended; `c`, the class of that close; `s`, when it connected beside
 * one other connection; `r`, its reconnections within the window; `f`, the instance that reports it as a frequent
 * reconnector; `o:<instance>`, its open connections there.
 */
const CLIENT = `${LIVE}
local client, instances = KEYS[1], KEYS[2]
local now, me, lease, openTtl = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3]), ARGV[4]
local hash, prefix, threshold, window = ARGV[5], ARGV[6], tonumber(ARGV[7]), tonumber(ARGV[8])
renew(instances, me, lease)
local fields = redis.call('HGETALL', client)
local known, open, lost = {}, 0, false
for i = 1, #fields, 2 do
  local name, value = fields[i], fields[i + 1]
  known[name] = value
  if string.sub(name, 1, 2) == 'o:' then
    if redis.call('ZSCORE', instances, string.sub(name, 3)) then
      open = open + tonumber(value)
    else
      lost = true
      redis.call('HDEL', client, name)
    end
  end
end
local function reconnected(ended, class, at)
  local times = { string.format('%.0f', at) }
  for time in string.gmatch(known.r or '', '[^,]+') do
    if #times < threshold and at - tonumber(time) < window then times[#times + 1] = time end
  end
  redis.call('HSET', client, 'r', table.concat(times, ','))
  if #times >= threshold then
    if known.f and known.f ~= me then redis.call('ZREM', prefix .. 'frequent:' .. known.f, hash) end
    local mine = prefix .. 'frequent:' .. me
    redis.call('ZADD', mine, string.format('%.0f', tonumber(times[#times]) + window), hash)
    redis.call('PEXPIRE', mine, window)
    redis.call('HSET', client, 'f', me)
  end
  local delay = ended and string.format('%.0f', math.max(0, at - ended)) or ''
  return { delay, class or '', tostring(#times) }
end
`;

/** A client connects: its delay in milliseconds, close class and count, or nil where it does not reconnect. */
export const CONNECTED: Script = script(`${CLIENT}
redis.call('HINCRBY', client, 'o:' .. me, 1)
redis.call('HDEL', client, 'e', 'c', 's')
if open == 1 then redis.call('HSET', client, 's', ARGV[1]) end
redis.call('PEXPIRE', client, openTtl)
if open > 0 or not (known.e or lost) then return nil end
return reconnected(known.e and tonumber(known.e), known.c, now)
`);

/**
 * A connection has ended, or, without a class, goes on unobserved. Where the client has already come back, to an instance
 * that was faster to say so, answers what `CONNECTED` could not.
 */
export const DISCONNECTED: Script = script(`${CLIENT}
local class, ttl = ARGV[9], ARGV[10]
local mine = 'o:' .. me
if known[mine] then
  open = open - 1
  if redis.call('HINCRBY', client, mine, -1) <= 0 then redis.call('HDEL', client, mine) end
end
redis.call('HDEL', client, 's')
if open > 0 then
  redis.call('PEXPIRE', client, openTtl)
  if class ~= '' and known.s and tonumber(known.s) > now then return reconnected(now, class, tonumber(known.s)) end
elseif class ~= '' then
  redis.call('HSET', client, 'e', ARGV[1], 'c', class)
  redis.call('PEXPIRE', client, ttl)
elseif redis.call('EXISTS', client) == 1 then
  redis.call('PEXPIRE', client, ttl)
end
return nil
`);

/** Frequent reconnectors at a time. */
export const FREQUENT: Script = script(`
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
return redis.call('ZCARD', KEYS[1])
`);

/** A sign of life. */
export const RENEW: Script = script(`${LIVE}
renew(KEYS[1], ARGV[1], tonumber(ARGV[2]))
`);
