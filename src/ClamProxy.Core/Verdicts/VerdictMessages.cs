using System.Text;

namespace ClamProxy.Core.Verdicts;

/// <summary>
/// Verdicts as one process tells them to another: the JSON of a record, and signed as those in Redis are where VERDICT_KEY is set
/// (<see cref="RecordSeal"/>), so that whoever can write to what lies between but has no key can bless nothing.
/// </summary>
internal sealed class VerdictMessages(VerdictOptions options, TimeProvider clock)
{
    /// <summary>A signature's name and a detail are text of others' choosing, whose length must not cost the verdict.</summary>
    private const int MostCharacters = 400;

    private readonly RecordSeal? _seal = options.Keys.Count > 0 ? new RecordSeal(options.Keys, options.CacheTtl, clock) : null;

    /// <param name="about">What it answers: it is believed as the answer to that only.</param>
    public string Write(string about, ContentRecord verdict)
    {
        var record = verdict with { Signature = Shortened(verdict.Signature), Detail = Shortened(verdict.Detail) };
        var bytes = VerdictFormat.Write(ContentKey.For(verdict.Sha256), record);
        return Encoding.UTF8.GetString(_seal?.Seal(about, bytes) ?? bytes);
    }

    /// <param name="sha256">The content that it has to be about.</param>
    /// <returns>Null: it is not to be believed.</returns>
    public ContentRecord? Read(string about, string sha256, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var record = _seal is null ? bytes : _seal.Open(about, bytes).Record;
        return record is null ? null : VerdictFormat.ReadContent(ContentKey.For(sha256), record);
    }

    private static string? Shortened(string? text) => text?.Length > MostCharacters ? text[..MostCharacters] : text;
}
