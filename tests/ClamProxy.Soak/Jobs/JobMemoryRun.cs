using System.Net.Http.Headers;
using System.Security.Cryptography;
using ClamProxy.Soak.Load;

namespace ClamProxy.Soak.Jobs;

/// <summary>Many large uploads: the memory of API and workers may not grow with their number, nor be as large as one of them.</summary>
internal sealed class JobMemoryRun(string queue, int count, Action<string> print)
{
    private const int Size = 100 << 20;
    private const int Uploaders = 4;

    /// <summary>How many uploads the first part of the run has, which the rest is compared with.</summary>
    private const int First = 10;

    /// <summary>MiB that a process may have resident at most: what a runtime needs, and less than one file beside it.</summary>
    private const double Most = 180;
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(30);

    private int _done;

    /// <returns>Whether all results were right and memory was flat.</returns>
    public async Task<bool> RunAsync()
    {
        await using var world = await LoadWorld.StartAsync(await KillMatrix.Queues[queue]());
        using var limit = new CancellationTokenSource(s_limit);
        var memory = new MemoryPeaks(world.ProcessIds, Most);
        using var done = new CancellationTokenSource();
        var sampling = memory.SampleAsync(() => Task.FromResult(Volatile.Read(ref _done) < First), done.Token);
        var wrong = await UploadAsync(world, limit.Token);
        await done.CancelAsync();
        await sampling;

        print($"{queue}: {count} uploads of {Size >> 20} MiB, {Uploaders} at once; wrong results {wrong}; resident memory in MiB:");
        return memory.Write(print) && wrong == 0;
    }

    private async Task<int> UploadAsync(LoadWorld world, CancellationToken limit)
    {
        var (next, wrong) = (-1, 0);
        var block = RandomNumberGenerator.GetBytes(1 << 20);
        await Task.WhenAll(Enumerable.Range(0, Uploaders).Select(async _ =>
        {
            for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
            {
                var number = i;
                var id = await world.Client.UploadAsync(() => Form(block, number), limit);
                var end = await world.Client.EndAsync(id, limit);
                if (end is not { } result || JobClient.Text(result, "status") != "CLEAN" || JobClient.Text(result, "size") != $"{Size}")
                {
                    Interlocked.Increment(ref wrong);
                    print($"{id}: {end?.GetRawText()}");
                }

                // Ten gigabytes are more than a disk of tests may have.
                await world.Client.DeleteAsync(id, limit);
                Interlocked.Increment(ref _done);
            }
        }));
        return wrong;
    }

    private static MultipartFormDataContent Form(byte[] block, int number) =>
        new() { { new BlockContent(block, Size / block.Length, number), "file", $"large-{number}.bin" } };

    /// <summary>A body that is never in memory whole: one block again and again, each time with another beginning.</summary>
    private sealed class BlockContent : HttpContent
    {
        private readonly byte[] _block;
        private readonly int _times;
        private readonly int _number;

        public BlockContent(byte[] block, int times, int number)
        {
            (_block, _times, _number) = (block, times, number);
            Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
        {
            for (var i = 0; i < _times; i++)
            {
                await stream.WriteAsync(BitConverter.GetBytes(((long)_number << 32) + i));
                await stream.WriteAsync(_block.AsMemory(sizeof(long)));
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = (long)_block.Length * _times;
            return true;
        }
    }
}
