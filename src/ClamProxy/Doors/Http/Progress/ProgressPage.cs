using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;

namespace ClamProxy.Doors.Http.Progress;

/// <summary>
/// The page: it needs nothing from anywhere else. With a script it follows the work on one connection, and asks for the file when it is
/// there; without one it asks for the file every 2 s, which shows how far it is as long as the file is not there.
/// </summary>
internal static class ProgressPage
{
    private const string Style = """
        body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}
        h1{font-size:1.5rem}progress{width:100%;height:1.2rem}code{overflow-wrap:anywhere}
        @media(prefers-color-scheme:dark){body{color:#eee;background:#1b1b1b}a{color:#9cf}}
        """;

    // Whatever ends without a result (a restart, a proxy in front) is asked again.
    private const string Script = """
        (async () => {
          const at = name => document.getElementById(name), texts = document.body.dataset, bar = at('bar');
          const say = (text, detail, id) => {
            at('state').textContent = text; at('detail').textContent = detail || ''; at('id').textContent = id ? texts.id + ' ' + id : '';
          };
          const end = (text, detail, id) => { bar.remove(); at('wait').remove(); say(text, detail, id); };
          const show = now => {
            if (now.total) { bar.max = now.total; bar.value = now.received; }
            const size = bytes => (bytes / 1048576).toFixed(1);
            say(now.total && now.received >= now.total ? texts.scanning : texts.downloading,
              now.total ? size(now.received) + ' / ' + size(now.total) + ' MiB' : size(now.received) + ' MiB');
          };
          const took = line => {
            const now = JSON.parse(line);
            if (now.state === 'ready') { end(texts.ready); location.reload(); return true; }
            if (now.state) {
              end(now.state === 'refused' ? texts.refused : texts.failed, now.detail, now.requestId);
              at('again').hidden = false;
              return true;
            }
            show(now);
            return false;
          };
          for (;;) {
            try {
              const answer = await fetch(location.href, { headers: { Accept: texts.accept }, cache: 'no-store' });
              if (!answer.ok) { location.reload(); return; }
              const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
              for (let rest = '', part; !(part = await reader.read()).done;) {
                const lines = (rest + part.value).split('\n');
                rest = lines.pop();
                if (lines.some(took)) { return; }
              }
            } catch { /* asked again */ }
            await new Promise(go => setTimeout(go, 1000));
          }
        })();
        """;

    public static string Policy(string nonce) =>
        $"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; connect-src 'self'; base-uri 'none'; "
            + "form-action 'none'; frame-ancestors 'none'";

    /// <param name="texts">In the language of who sees it.</param>
    /// <param name="file">The file's name.</param>
    /// <param name="accept">What the script accepts.</param>
    /// <param name="received">Bytes that are here.</param>
    /// <param name="total">Bytes in all; null: nobody knows.</param>
    /// <param name="nonce">That of the policy.</param>
    public static byte[] Render(ProgressTexts texts, string file, string accept, long received, long? total, string nonce)
    {
        var html = HtmlEncoder.Default;
        var isHere = total is > 0 and var all && received >= all;
        var bar = total is > 0 ? string.Create(CultureInfo.InvariantCulture, $" max=\"{total}\" value=\"{received}\"") : "";
        return Encoding.UTF8.GetBytes(
            $"""
            <!DOCTYPE html>
            <html lang="{texts.Language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <noscript><meta http-equiv="refresh" content="2"></noscript>
            <title>{html.Encode(texts.Title)}: {html.Encode(file)}</title>
            <style nonce="{nonce}">{Style}</style></head>
            <body data-accept="{html.Encode(accept)}" data-downloading="{html.Encode(texts.Downloading)}"
            data-scanning="{html.Encode(texts.Scanning)}" data-ready="{html.Encode(texts.Ready)}"
            data-refused="{html.Encode(texts.Refused)}" data-failed="{html.Encode(texts.Failed)}" data-id="{html.Encode(texts.Id)}">
            <h1>{html.Encode(file)}</h1>
            <p id="state" role="status">{html.Encode(isHere ? texts.Scanning : texts.Downloading)}</p>
            <progress id="bar" aria-labelledby="state"{bar}></progress>
            <p id="detail"></p><p id="id"></p>
            <p id="wait">{html.Encode(texts.Wait)}</p>
            <p id="again" hidden><a href="">{html.Encode(texts.Again)}</a></p>
            <script nonce="{nonce}">{Script}</script>
            </body></html>

            """);
    }
}
