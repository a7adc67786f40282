namespace ClamProxy.Doors.Http.Progress;

/// <summary>What the page says, in one language.</summary>
/// <param name="Language">Its tag (BCP 47).</param>
/// <param name="Title">Of the page.</param>
/// <param name="Downloading">While the file comes.</param>
/// <param name="Scanning">Once it is here.</param>
/// <param name="Wait">What happens next.</param>
/// <param name="Ready">The download has begun.</param>
/// <param name="Refused">In front of the reason why there is no file.</param>
/// <param name="Failed">In front of the fault.</param>
/// <param name="Id">In front of the request's id.</param>
/// <param name="Again">The link that asks once more.</param>
internal sealed record ProgressTexts(
    string Language,
    string Title,
    string Downloading,
    string Scanning,
    string Wait,
    string Ready,
    string Refused,
    string Failed,
    string Id,
    string Again)
{
    private static readonly ProgressTexts s_english = new(
        "en",
        "Checking the file",
        "The file is being downloaded",
        "The file is being scanned for viruses",
        "The download starts by itself when the file is found clean.",
        "The file is clean. The download has started; this page can be closed.",
        "The file was refused:",
        "The file could not be fetched:",
        "Give this id to your operator:",
        "Try again");

    private static readonly ProgressTexts[] s_all =
    [
        s_english,
        new(
            "fr",
            "Vérification du fichier",
            "Le fichier est en cours de téléchargement",
            "Le fichier est en cours d’analyse antivirus",
            "Le téléchargement démarre automatiquement dès que le fichier est déclaré sain.",
            "Le fichier est sain. Le téléchargement a commencé ; cette page peut être fermée.",
            "Le fichier a été refusé :",
            "Le fichier n’a pas pu être récupéré :",
            "Communiquez cet identifiant à votre administrateur :",
            "Réessayer"),
        new(
            "ja",
            "ファイルを確認しています",
            "ファイルをダウンロードしています",
            "ファイルをウイルススキャンしています",
            "安全が確認されると、ダウンロードが自動的に始まります。",
            "ファイルは安全です。ダウンロードが始まりました。このページは閉じてもかまいません。",
            "ファイルは拒否されました：",
            "ファイルを取得できませんでした：",
            "管理者にこの ID を伝えてください：",
            "もう一度試す"),
    ];

    /// <summary>
    /// Those of the language that a request prefers (RFC 9110 §12.5.4) of the three; English where it names none of them.
    /// </summary>
    public static ProgressTexts Of(HttpRequest request) => request.GetTypedHeaders().AcceptLanguage
        .OrderByDescending(range => range.Quality ?? 1)
        .Select(range => range.Value.ToString().Split('-')[0])
        .Select(language => Array.Find(s_all, texts => language.Equals(texts.Language, StringComparison.OrdinalIgnoreCase)))
        .FirstOrDefault(texts => texts is not null) ?? s_english;
}
