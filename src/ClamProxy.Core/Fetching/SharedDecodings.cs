using ClamProxy.Core.Failures;
using ClamProxy.Core.Spool;

namespace ClamProxy.Core.Fetching;

/// <summary>
/// The decodings under way, each for all who wait for the same content: one of them decodes what it has in hand, the others wait. Where
/// that one leaves, another begins anew.
/// </summary>
internal sealed class SharedDecodings
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Decoding> _underWay = [];

    /// <param name="key">What is decoded to what.</param>
    /// <param name="decode">Decodes; called by the one who begins.</param>
    /// <param name="use">Takes a reader of the file, which is let go of when all have theirs.</param>
    /// <param name="clientGone">Ends this wait.</param>
    public async Task<(T? Result, Failure? Failure)> RunAsync<T>(
        string key, Func<Task<(SpoolFile? File, Failure? Failure)>> decode, Func<SpoolFile, T> use, CancellationToken clientGone)
        where T : class
    {
        while (true)
        {
            clientGone.ThrowIfCancellationRequested();
            var decoding = Join(key, out var isFirst);
            try
            {
                if (isFirst)
                {
                    await DecodeAsync(key, decoding, decode).ConfigureAwait(false);
                }

                if (await decoding.Ended.Task.WaitAsync(clientGone).ConfigureAwait(false) is { } ended)
                {
                    return (ended.File is { } file ? use(file) : null, ended.Failure);
                }
            }
            finally
            {
                Leave(decoding);
            }
        }
    }

    private async Task DecodeAsync(string key, Decoding decoding, Func<Task<(SpoolFile? File, Failure? Failure)>> decode)
    {
        (SpoolFile? File, Failure? Failure)? ended = null;
        try
        {
            ended = await decode().ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
            {
                _underWay.Remove(key);
            }

            // Null: the first has left, or failed in a way of its own.
            decoding.File = ended?.File;
            decoding.Ended.SetResult(ended);
        }
    }

    private Decoding Join(string key, out bool isFirst)
    {
        lock (_gate)
        {
            isFirst = !_underWay.TryGetValue(key, out var decoding);
            decoding ??= _underWay[key] = new Decoding();
            decoding.Waiting++;
            return decoding;
        }
    }

    private void Leave(Decoding decoding)
    {
        lock (_gate)
        {
            if (--decoding.Waiting > 0)
            {
                return;
            }
        }

        decoding.File?.Dispose();
    }

    private sealed class Decoding
    {
        public TaskCompletionSource<(SpoolFile? File, Failure? Failure)?> Ended { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>What was decoded; whoever leaves last lets go of it.</summary>
        public SpoolFile? File { get; set; }

        public int Waiting { get; set; }
    }
}
