import { beforeEach, expect, it, vi } from 'vitest';
import { giveReason, forgetReasons } from '@/shared/api/accessReason';

const { link, fetched } = vi.hoisted(() => {
  const link = { href: '', download: '', click: vi.fn() };
  vi.stubGlobal('document', { baseURI: 'http://console.example/', createElement: () => link });
  const fetched = vi.fn<(request: Request) => Promise<Response>>();
  vi.stubGlobal('fetch', fetched);
  return { link, fetched };
});

const { takeArchive } = await import('./takeArchive');

beforeEach(() => {
  forgetReasons();
  link.click.mockClear();
  fetched.mockReset();
});

it('says why it is taken and saves what comes', async () => {
  giveReason('request 2026-117, 客户', '17');
  fetched.mockResolvedValue(new Response('PK the archive', { headers: { 'Content-Type': 'application/zip' } }));
  const kept = vi.spyOn(URL, 'createObjectURL');
  await takeArchive('17');
  const request = fetched.mock.calls[0]?.[0];
  expect(request?.url).toBe('http://console.example/api/customers/17/archive');
  expect(decodeURIComponent(request?.headers.get('X-Access-Reason') ?? '')).toBe('request 2026-117, 客户');
  expect(request?.headers.get('Accept')).toContain('application/zip');
  expect(await (kept.mock.calls[0]?.[0] as Blob).text()).toBe('PK the archive');
  expect(link.download).toBe('customer-17.zip');
  expect(link.click).toHaveBeenCalledOnce();
});

it('saves nothing when the server asks for a reason', async () => {
  fetched.mockResolvedValue(
    new Response(JSON.stringify({ status: 403, code: 'archive_of_personal_data', detail: '' }), {
      status: 403,
      headers: { 'Content-Type': 'application/problem+json' },
    }),
  );
  await expect(takeArchive('17')).rejects.toMatchObject({ problem: { code: 'archive_of_personal_data' } });
  expect(link.click).not.toHaveBeenCalled();
});
