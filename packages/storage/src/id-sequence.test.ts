import { describe, expect, it } from 'vitest';
import { ID_LENGTH, IdSequence, isSessionId, newSessionId } from './id-sequence.js';

describe('ids', () => {
  it('grow within a session and begin with its id', () => {
    const session = newSessionId(Date.now());
    const sequence = new IdSequence(session);
    const ids = Array.from({ length: 3000 }, () => sequence.next());
    expect(ids.every((id) => id.length === ID_LENGTH && id.startsWith(session))).toBe(true);
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('of a later session are greater, as long as the clock goes forward', () => {
    const times = [0, 1, 31, 32, 1_700_000_000_000, 1_700_000_000_001, 8.64e14];
    const sessions = times.map(newSessionId);
    expect([...sessions].sort()).toEqual(sessions);
    expect(sessions.every(isSessionId)).toBe(true);
  });

  it('differ for sessions of the same moment', () => {
    expect(new Set(Array.from({ length: 100 }, () => newSessionId(5))).size).toBe(100);
  });
});
