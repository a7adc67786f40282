using ClamProxy.Soak.Documents;
using ClamProxy.Soak.Uploads;
using ClamProxy.Soak.Worlds;

namespace ClamProxy.Soak.Matrix;

/// <summary>What is asked for in one round: of each mode something clean and something infected, where there can be.</summary>
internal sealed class Cast
{
    private static readonly UploadForm[] s_forms = Enum.GetValues<UploadForm>();
    private static int s_rounds;

    private readonly Dictionary<Mode, TestFile[]> _files;
    private readonly Dictionary<Mode, Document[]> _documents;

    public Cast(World world, int size)
    {
        _files = Enum.GetValues<Mode>().Where(mode => mode <= Mode.Range).ToDictionary(
            mode => mode, _ => new[] { world.Files.Next(false, size), world.Files.Next(true, size) });
        Document Make(DocumentKind kind, string coding) => world.Origin.Documents.Make(kind, coding, size);
        _documents = new Dictionary<Mode, Document[]>
        {
            [Mode.Fresh] = [Make(DocumentKind.Fresh, DocumentText.Identity), Make(DocumentKind.Fresh, "gzip")],
            [Mode.Unchanged] = [Make(DocumentKind.Stale, DocumentText.Identity), Make(DocumentKind.Stale, "gzip")],
            [Mode.Changed] = [Make(DocumentKind.Stale, "gzip"), Make(DocumentKind.Stale, "br")],
            [Mode.Coded] = [Make(DocumentKind.Stale, "zstd"), Make(DocumentKind.Stale, "br")],
        };
        _documents[Mode.Coded][1].Advance(DocumentState.Infected);
        // Two forms at a time, so that a few rounds have them all.
        var round = Interlocked.Increment(ref s_rounds);
        Uploads =
        [
            .. from form in new[] { s_forms[2 * round % s_forms.Length], s_forms[((2 * round) + 1) % s_forms.Length] }
               from isInfected in new[] { false, true }
               select new Upload(world.Files.Next(isInfected, size), form, IsReplyInfected: false),
        ];
    }

    public IEnumerable<TestFile> Files => _files.Values.SelectMany(pair => pair);

    public IEnumerable<Document> Documents => _documents.Values.SelectMany(pair => pair);

    public IReadOnlyList<Upload> Uploads { get; }

    /// <summary>Those that are stored before the fault.</summary>
    public IEnumerable<Document> Stored => [.. _documents[Mode.Fresh], .. _documents[Mode.Unchanged], .. _documents[Mode.Changed]];

    /// <summary>The paths of whatever comes from upstream while every request is under way: all but what is stored, or refused.</summary>
    public IReadOnlyList<string> Downloaded =>
    [
        .. Files.Except([.. _files[Mode.Store], _files[Mode.Hit][1]]).Select(file => file.Path),
        .. _documents[Mode.Changed].Concat(_documents[Mode.Coded]).Select(document => document.Path),
        .. Uploads.Where(upload => !upload.File.IsInfected).Select(upload => upload.Path),
    ];

    public TestFile[] FilesOf(Mode mode) => _files[mode];

    public Document[] DocumentsOf(Mode mode) => _documents[mode];

    /// <summary>Gives the documents that change their second version.</summary>
    public void Change()
    {
        _documents[Mode.Changed][0].Advance(DocumentState.Clean);
        _documents[Mode.Changed][1].Advance(DocumentState.Infected);
    }

    /// <summary>What each content is, by its hash.</summary>
    public IReadOnlyDictionary<string, string> Truth()
    {
        var truth = Files.Concat(Uploads.Select(upload => upload.File)).ToDictionary(
            file => file.Sha256(), file => file.IsInfected ? "infected" : "clean");
        foreach (var document in Documents)
        {
            foreach (var version in document.VersionsSince(0))
            {
                truth[document.Sha256(version)] = version.State == DocumentState.Infected ? "infected" : "clean";
            }
        }

        return truth;
    }
}
