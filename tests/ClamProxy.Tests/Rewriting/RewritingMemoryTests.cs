using System.Text;
using ClamProxy.Rewriting;

namespace ClamProxy.Tests.Rewriting;

/// <summary>An index of any size passes through the same few buffers.</summary>
public sealed class RewritingMemoryTests
{
    private const int Room = 512 << 10;
    private const string Line =
        """<a href="https://files.example.org/packages/ab/cd/package-1.0.whl#sha256=0123456789abcdef">package-1.0.whl</a><br>""";

    [Theory]
    [InlineData(100)]
    [InlineData(20_000_000)]
    public async Task IndexOfAnySize_TakesTheSameMemory(int bytes)
    {
        var links = new LinkRules([new() { From = "https://files.example.org/", To = "/files/" }]).To("http://proxy");
        var piece = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(Line, 500)));
        long sent = 0;
        ValueTask Send(ReadOnlyMemory<byte> text, CancellationToken cancellationToken)
        {
            sent += text.Length;
            return ValueTask.CompletedTask;
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        var copy = new RewrittenCopy(links, Send);
        for (var left = bytes; left > 0; left -= piece.Length)
        {
            await copy.WriteAsync(piece.AsMemory(0, Math.Min(left, piece.Length)), CancellationToken.None);
        }

        await copy.FinishAsync(CancellationToken.None);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, Room);
        Assert.InRange(sent, bytes / 2, bytes);
    }

    [Fact]
    public async Task TextOfNothingButLinks_ComesOutInBoundedPieces()
    {
        var links = new LinkRules([new() { From = "http://a", To = "/" }]).To("http://" + new string('b', 250));
        var text = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("\"//a\"", 400_000)));
        var largest = 0;

        var copy = new RewrittenCopy(links, (bytes, _) =>
        {
            largest = Math.Max(largest, bytes.Length);
            return ValueTask.CompletedTask;
        });
        await copy.WriteAsync(text, CancellationToken.None);
        await copy.FinishAsync(CancellationToken.None);

        Assert.Equal(400_000, copy.Links);
        Assert.InRange(largest, 1, 2 << 20);
    }
}
