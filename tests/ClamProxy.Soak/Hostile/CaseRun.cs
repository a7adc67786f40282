using ClamProxy.Soak.Hostile.Clients;
using ClamProxy.Soak.Hostile.Parts;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Hostile;

/// <summary>What a case works with: processes that end with it, and what it saw.</summary>
/// <param name="clamd">The scanner with the shipped clamd.conf.</param>
/// <param name="ending">Cancelled at the case's limit.</param>
internal sealed class CaseRun(ClamdProcess clamd, CancellationToken ending) : IAsyncDisposable
{
    private const int BadConfiguration = 78;

    private readonly Stack<IAsyncDisposable> _made = [];
    private readonly List<TempFolder> _folders = [];
    private readonly List<string> _happened = [];
    private readonly List<string> _broken = [];

    public ClamdProcess Clamd => clamd;

    public CancellationToken Ending => ending;

    public IReadOnlyList<string> Happened => _happened;

    public IReadOnlyList<string> Broken => _broken;

    /// <summary>Something that ends with the case.</summary>
    public T Made<T>(T made)
        where T : IAsyncDisposable
    {
        _made.Push(made);
        return made;
    }

    public TempFolder Folder()
    {
        var folder = new TempFolder();
        _folders.Add(folder);
        return folder;
    }

    public void Saw(string what) => _happened.Add(what);

    /// <param name="isSo">What has to be true.</param>
    /// <param name="otherwise">What it means that it is not.</param>
    public void Must(bool isSo, string otherwise)
    {
        if (!isSo)
        {
            _broken.Add(otherwise);
        }
    }

    /// <summary>
    /// Starts ClamProxy with its defaults, the scanner and these settings. Loopback has to be allowed as an upstream, since the origins are
    /// there.
    /// </summary>
    /// <param name="settings">Variables and their values, which replace the usual ones.</param>
    public async Task<ProxyProcess> ProxyAsync(params (string Name, string Value)[] settings) =>
        Made(await ProxyProcess.StartAsync(Variables(settings)));

    /// <summary>The same with a name server of the case's own.</summary>
    public async Task<ProxyProcess> ProxyAsync(FakeNameServer names, params (string Name, string Value)[] settings) =>
        Made(await ProxyProcess.StartAsync(Variables(settings), files: names.Files));

    /// <summary>
    /// The same with a DELIVERY that sends bytes of files whose verdict is not known yet, by the name it has in this version.
    /// </summary>
    public async Task<ProxyProcess> TricklingProxyAsync(params (string Name, string Value)[] settings)
    {
        try
        {
            return await ProxyAsync([("DELIVERY", "trickle"), .. settings]);
        }
        catch (InvalidOperationException e) when (e.Message.Contains($"ended with {BadConfiguration}", StringComparison.Ordinal))
        {
            Saw("this version has no DELIVERY=trickle: it runs with patience");
            return await ProxyAsync([("DELIVERY", "patience"), .. settings]);
        }
    }

    /// <summary>
    /// Says what a client has, and that a transfer it calls complete is one of the contents that were served whole and clean.
    /// </summary>
    /// <param name="clean">The SHA-256 of those contents.</param>
    public void Judge(string client, Download download, params string[] clean)
    {
        var how = download.IsComplete ? "says complete" : $"failed ({string.Join(" / ", download.Log.TrimEnd().Split('\n').TakeLast(2))})";
        Saw($"{client} {how}, {download.Length} bytes on disk{(download.HasEicar ? " with EICAR in them" : "")}");
        Must(
            !download.IsComplete || (!download.HasEicar && clean.Contains(download.Sha256)),
            $"{client} ended with success, and its file {(download.HasEicar ? "holds EICAR" : "is none that was scanned")}");
    }

    public async ValueTask DisposeAsync()
    {
        while (_made.TryPop(out var made))
        {
            await made.DisposeAsync();
        }

        _folders.ForEach(folder => folder.Dispose());
    }

    private Dictionary<string, string> Variables((string Name, string Value)[] settings)
    {
        var variables = new Dictionary<string, string>
        {
            ["CLAMD_HOSTS"] = clamd.UnixEndpoint,
            ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
            // What .NET keeps for its user, such as certificates it fetched, is the case's own.
            ["HOME"] = Folder().Path,
        };
        foreach (var (name, value) in settings)
        {
            variables[name] = value;
        }

        return variables;
    }
}
