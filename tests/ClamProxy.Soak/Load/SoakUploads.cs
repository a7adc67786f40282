using System.Diagnostics;
using ClamProxy.Soak.Uploads;
using ClamProxy.Soak.Worlds;

namespace ClamProxy.Soak.Load;

/// <summary>
/// Uploads in every form, clean and infected, and one client's place that it puts files to and asks for again.
/// </summary>
internal sealed class SoakUploads(World world, SoakFaults faults, SoakTotals totals)
{
    private static readonly UploadForm[] s_forms = Enum.GetValues<UploadForm>();
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(25);

    private readonly PublishedFile _place = world.Origin.Uploads.MakePlace();

    /// <summary>From when on what was at the place may still be given: the last time that a PUT succeeded.</summary>
    private long _since;

    /// <summary>
    /// Whether a download of the place may be under way still, whose client left or was lost: it may be stored behind a PUT (decision
    /// 0081).
    /// </summary>
    private bool _isDisturbed;

    public async Task AskAsync(ProxyUnderTest proxy, Random dice)
    {
        var started = Stopwatch.GetTimestamp();
        var (what, answer) = dice.Next(100) switch
        {
            < 55 => await UploadAsync(proxy, dice),
            < 75 => await PutAsync(proxy, dice),
            _ => await GetAsync(proxy),
        };
        totals.Add(what, answer, faults.CalmSince(started));
    }

    private async Task<(string What, Answer Answer)> UploadAsync(ProxyUnderTest proxy, Random dice)
    {
        var upload = new Upload(NextFile(dice), s_forms[dice.Next(s_forms.Length)], IsReplyInfected: dice.Next(10) == 0);
        var answer = await proxy.Uploads.SendAsync(upload, world.Origin.Uploads, s_deadline);
        return ($"upload {(upload.File.IsInfected ? "infected" : "clean")}", answer);
    }

    private async Task<(string What, Answer Answer)> PutAsync(ProxyUnderTest proxy, Random dice)
    {
        var file = NextFile(dice);
        var answer = await proxy.Uploads.PutAsync(_place, file, s_deadline);
        if (answer.Kind == AnswerKind.Right && !file.IsInfected)
        {
            // What is there from now on, or what came meanwhile of a PUT that was given up.
            _since = Stopwatch.GetTimestamp();
        }

        return ("put to place", answer);
    }

    private async Task<(string What, Answer Answer)> GetAsync(ProxyUnderTest proxy)
    {
        var answer = await proxy.Uploads.GetAsync(_place, _since, s_deadline);
        if (_isDisturbed && answer.Kind == AnswerKind.Stale)
        {
            return ("get of place", answer with { Kind = AnswerKind.Right });
        }

        // Who gets what is there now has joined no older download: none is under way any more.
        _isDisturbed = answer.Kind is AnswerKind.Aborted or AnswerKind.Late || (_isDisturbed && answer.Kind != AnswerKind.Right);
        return ("get of place", answer);
    }

    private TestFile NextFile(Random dice) => world.Files.Next(dice.Next(3) == 0, dice.Next(3000, 60_000));
}
