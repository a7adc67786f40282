using System.Text;
using ClamProxy.Rewriting;

namespace ClamProxy.Tests.Rewriting;

/// <summary>An index of any size is searched through the same few buffers.</summary>
[Collection(Alone.Name)]
public sealed class LinkSearchMemoryTests
{
    private const int Room = 4 << 20;
    private const int Pieces = 400;

    [Theory]
    [InlineData(
        "text/html", """<a href="http://proxy/files/packages/ab/cd/package-1.0.whl#sha256=0123456789abcdef">package-1.0.whl</a><br>""", "")]
    [InlineData(
        "application/json",
        """{"name":"a","readme":"a text without end","dist":{"tarball":"http://proxy/npm/a/-/a-1.0.tgz","integrity":"sha512-0123456789abcdef=="}},""",
        "[")]
    [InlineData("text/plain", "0123456789abcdef  package-1.0.tar.gz http://proxy/files/package-1.0.tar.gz\n", "")]
    public void IndexOfAnySize_TakesTheSameMemory(string type, string line, string beginning)
    {
        var hosts = new LinkHosts(["http://proxy"], "https://index.example.org/", ["https://files.example.org"]);
        var piece = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(line, 500)));
        var first = Encoding.ASCII.GetBytes(beginning + line);
        var started = Environment.CpuUsage.TotalTime;

        var before = GC.GetTotalMemory(forceFullCollection: true);
        var search = new LinkSearch(hosts, TextForm.Of(first, [type], isNamedMetalink: false));
        search.Write(first);
        for (var at = 0; at < Pieces; at++)
        {
            search.Write(piece);
        }

        search.Finish();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{type}: {1.0 * Pieces * piece.Length / (Environment.CpuUsage.TotalTime - started).TotalSeconds / 1e6:0} MB/s");
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, Room);
        Assert.Empty(search.Report.Foreign);
    }
}
