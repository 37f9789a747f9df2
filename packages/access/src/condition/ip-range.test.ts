import { BlockList } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isInRange, parseIpAddress, parseIpRange } from './ip-range.js';

const isIn = (range: string, address: string): boolean => {
  const parsed = parseIpRange(range);
  const asked = parseIpAddress(address);
  if (parsed === undefined || asked === undefined)
    throw new Error(`${range} or ${address} is none`);
  return isInRange(parsed, asked);
};

describe('a range of addresses', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1', true],
    ['10.0.0.1', '10.0.0.2', false],
    ['192.168.0.0/16', '192.168.255.255', true],
    ['192.168.0.0/16', '192.168.0.0', true],
    ['192.168.0.0/16', '192.169.0.0', false],
    ['192.168.7.9/16', '192.168.1.1', true],
    ['0.0.0.0/0', '255.255.255.255', true],
    ['0.0.0.0/0', '::1', false],
    ['128.0.0.0/1', '200.1.1.1', true],
    ['101.*.*.100', '101.7.250.100', true],
    ['101.*.*.100', '101.7.250.101', false],
    ['*', '1.2.3.4', true],
    ['*', '2001:db8::1', true],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['2001:db8::/33', '2001:db8:8000::', false],
    ['::1', '::1', true],
    ['::/0', 'fe80::1%eth0', true],
    ['10.0.0.0/8', '::ffff:10.1.2.3', true],
    ['::ffff:10.0.0.0/104', '10.1.2.3', true],
    ['::ffff:0:0/96', '1.2.3.4', true],
    ['1:2:3:4:5:6:7.8.9.10', '1:2:3:4:5:6:708:90a', true],
  ])('%s has %s: %s', (range, address, has) => {
    expect(isIn(range, address)).toBe(has);
  });

  it.each([
    '',
    '10.0.0',
    '10.0.0.256',
    '010.0.0.1',
    '10.0.0.1/33',
    '10.0.0.1/',
    '10.0.0.1/8/8',
    '10.0.0.1/-1',
    '10.0.*',
    '10.0.0.1*',
    '1.*.3.4/8',
    '2001:db8::1::',
    ':1',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7::8:9',
    '12345::',
    '2001:db8::/129',
    '::ffff:10.0.0.0/95',
    'localhost',
    '2001:*::',
  ])('is not %j', (text) => {
    expect(parseIpRange(text)).toBeUndefined();
  });

  // Node's own list of blocks is the second opinion.
  it('has the addresses that Node says it has', () => {
    const near = (address: bigint, bits: number) =>
      fc.integer({ min: 0, max: bits - 1 }).map((bit) => address ^ (1n << BigInt(bit)));
    const v4 = (value: bigint) => [24n, 16n, 8n, 0n].map((by) => (value >> by) & 255n).join('.');
    const v6 = (value: bigint) =>
      [...Array(8).keys()]
        .map((at) => ((value >> BigInt(112 - at * 16)) & 0xffffn).toString(16))
        .join(':');
    for (const [bits, text, family] of [
      [32, v4, 'ipv4'],
      [128, v6, 'ipv6'],
    ] as const) {
      fc.assert(
        fc.property(
          fc
            .bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n })
            .chain((net) =>
              fc.tuple(fc.constant(net), fc.oneof(near(net, bits), fc.constant(net))),
            ),
          fc.integer({ min: 0, max: bits }),
          ([net, address], prefix) => {
            // A whole IPv4 range in IPv6 form is IPv4 to us and to Node in different ways.
            fc.pre(bits === 32 || address >> 32n !== 0xffffn);
            fc.pre(bits === 32 || net >> 32n !== 0xffffn);
            const list = new BlockList();
            list.addSubnet(text(net), prefix, family);
            expect(isIn(`${text(net)}/${prefix}`, text(address))).toBe(
              list.check(text(address), family),
            );
          },
        ),
        { numRuns: 2000 },
      );
    }
  });
});
