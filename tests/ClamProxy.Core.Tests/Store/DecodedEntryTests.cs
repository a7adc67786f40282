using System.Text;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Tests.Store;

/// <summary>What a stored coded body decodes to is kept with its head.</summary>
public sealed class DecodedEntryTests : IDisposable
{
    private static readonly byte[] s_coded = TempStore.Content(1, 5000);
    private static readonly byte[] s_content = TempStore.Content(2, 20_000);

    private readonly TempStore _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task DecodedContent_IsReadByAnotherProcess()
    {
        var decoded = Decoded();
        Assert.True(await KeepAsync(decoded));

        using var file = await _temp.Open().OpenAsync(TempStore.Key(1), CancellationToken.None);

        Assert.Equal(decoded, file!.Head.Decoded);
    }

    [Fact]
    public async Task DecodedContentThatIsNotClean_IsNotKept()
    {
        var decoded = Decoded();

        Assert.False(await KeepAsync(decoded with { Verdict = decoded.Verdict with { Verdict = Verdict.Infected, Signature = "Worm" } }));
        Assert.False(await KeepAsync(decoded with { Length = -1 }));
    }

    [Theory]
    [InlineData("\"size\":20000", "\"size\":-20000")]
    [InlineData("\"size\":20000", "\"length\":20000")]
    [InlineData("clean", "dirty")]
    [InlineData("27000", "-2700")]
    public async Task DecodedContentThatCannotBeBelieved_EntryIsNone(string written, string damaged)
    {
        await KeepAsync(Decoded());
        var path = _temp.UrlPath(1);
        var text = Encoding.UTF8.GetString(await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
        var at = text.IndexOf("\"decoded\"", StringComparison.Ordinal);
        Assert.Contains(written, text[at..], StringComparison.Ordinal);
        TempStore.Overwrite(path, Encoding.UTF8.GetBytes(text[..at] + text[at..].Replace(written, damaged, StringComparison.Ordinal)));

        Assert.Null(await _temp.Open().OpenAsync(TempStore.Key(1), CancellationToken.None));
    }

    private DecodedContent Decoded() => new(TempStore.Clean(s_content, _temp.Clock.GetUtcNow()), s_content.Length);

    private async Task<bool> KeepAsync(DecodedContent decoded)
    {
        using var body = _temp.Nameless(s_coded);
        return await _temp.Store.KeepAsync(
            TempStore.Key(1),
            TempStore.Head with { Decoded = decoded },
            TempStore.Clean(s_coded, _temp.Clock.GetUtcNow()),
            body,
            s_coded.Length,
            CancellationToken.None);
    }
}
