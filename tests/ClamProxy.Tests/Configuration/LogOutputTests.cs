using System.Text;
using ClamProxy.Configuration;

namespace ClamProxy.Tests.Configuration;

public sealed class LogOutputTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public void OutputThatIsRead_HasEveryEntryInOrderAtTheEnd()
    {
        using var target = new HeldStream();
        target.LetGo();
        string[] lines = [.. Enumerable.Range(0, 5_000).Select(number => $"{number}\n")];

        using (var output = new LogOutput(new() { FlushWithin = Limit }, target, Notice))
        {
            Array.ForEach(lines, output.Add);
        }

        Assert.Equal(string.Concat(lines), target.Text);
    }

    [Fact]
    public async Task OutputThatIsHeld_KeepsTheNewestAndSaysHowManyItDropped()
    {
        using var target = new HeldStream();
        using var output = new LogOutput(new() { Queue = 1_000, FlushWithin = Limit }, target, Notice);
        output.Add("first\n");
        await target.IsWrittenToAsync().WaitAsync(Limit, TestContext.Current.CancellationToken);

        for (var number = 0; number < 100; number++)
        {
            output.Add($"{number}\n");
        }

        Assert.Equal(86, output.Dropped);
        target.LetGo();
        output.Dispose();
        Assert.Equal($"first\n86 dropped\n{string.Concat(Enumerable.Range(86, 14).Select(number => $"{number}\n"))}", target.Text);
        Assert.Equal(86, output.Dropped);
    }

    [Fact]
    public void EntriesThatFollowEachOther_AreWrittenTogether()
    {
        using var target = new HeldStream();
        target.LetGo();
        var spun = new SpinWait();

        // As from many threads that log all the time: the writer has nothing to do between two of them.
        using (var output = new LogOutput(new() { FlushWithin = Limit }, target, Notice))
        {
            for (var number = 0; number < 1_000; number++)
            {
                output.Add($"{number}\n");
                spun.SpinOnce(sleep1Threshold: -1);
            }
        }

        Assert.StartsWith("0\n1\n", target.Text, StringComparison.Ordinal);
        Assert.EndsWith("\n999\n", target.Text, StringComparison.Ordinal);
        Assert.InRange(target.Writes, 1, 500);
    }

    [Fact]
    public void EntryLongerThanTheQueue_IsDroppedAndToldOf()
    {
        using var target = new HeldStream();
        target.LetGo();
        using var output = new LogOutput(new() { Queue = 1_000, FlushWithin = Limit }, target, Notice);

        output.Add(new string('a', 1_000));
        output.Dispose();

        Assert.Equal("1 dropped\n", target.Text);
    }

    [Fact]
    public async Task OutputThatIsHeldAtTheEnd_IsLeftAfterItsTime()
    {
        using var target = new HeldStream();
        var output = new LogOutput(new() { FlushWithin = TimeSpan.FromMilliseconds(10) }, target, Notice);
        output.Add("first\n");

        await Task.Run(output.Dispose, TestContext.Current.CancellationToken).WaitAsync(Limit, TestContext.Current.CancellationToken);

        output.Add("after the end\n");
        Assert.Equal("", target.Text);
        target.LetGo();
    }

    [Fact]
    public void OutputThatFails_IsWrittenToAgain()
    {
        using var target = new HeldStream { Fails = true };
        target.LetGo();
        using var output = new LogOutput(new() { FlushWithin = Limit }, target, Notice);

        output.Add("lost\n");
        Assert.True(target.HasFailed.Wait(Limit, TestContext.Current.CancellationToken));
        output.Add("kept\n");
        output.Dispose();

        Assert.Equal("kept\n", target.Text);
    }

    private static string Notice(long count) => $"{count} dropped\n";

    /// <summary>Takes no write before it is let go, as a pipe that is full.</summary>
    private sealed class HeldStream : MemoryStream
    {
        private readonly TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _goOn = new();
        private readonly StringBuilder _text = new();

        /// <summary>Whether the next write fails.</summary>
        public bool Fails { get; set; }

        public int Writes { get; private set; }

        public ManualResetEventSlim HasFailed { get; } = new();

        public string Text
        {
            get
            {
                lock (_text)
                {
                    return _text.ToString();
                }
            }
        }

        public Task IsWrittenToAsync() => _written.Task;

        public void LetGo() => _goOn.Set();

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            _written.TrySetResult();
            _goOn.Wait();
            if (Fails)
            {
                Fails = false;
                HasFailed.Set();
                throw new IOException("No space left on device");
            }

            lock (_text)
            {
                Writes++;
                _text.Append(Encoding.UTF8.GetString(buffer));
            }
        }

        protected override void Dispose(bool disposing)
        {
            LetGo();
            base.Dispose(disposing);
        }
    }
}
