using System.Buffers.Binary;
using System.Text;
using ClamProxy.Soak.Worlds;
using ClamProxy.TestKit.Corpus;

namespace ClamProxy.Soak.Uploads;

/// <summary>A request with a body whose bytes, and those of its answer, follow from its path.</summary>
/// <param name="File">What is sent.</param>
/// <param name="Form">What it is sent in.</param>
/// <param name="IsReplyInfected">Whether the origin's answer is infected.</param>
internal sealed record Upload(TestFile File, UploadForm Form, bool IsReplyInfected)
{
    private const int ReplySize = 3000;
    private const string Boundary = "3d6b6a416f9e5Vk";

    /// <summary>Where the origin takes it.</summary>
    public string Path => $"/upload/{Form}/{(IsReplyInfected ? "infected" : "clean")}{File.Path}";

    /// <summary>Where clients send it.</summary>
    public string ClientPath => RouteSettings.Publish + Path;

    /// <summary>Whether it, or what it is answered with, has to be refused.</summary>
    public bool IsInfected => File.IsInfected || IsReplyInfected;

    public string ContentType => Form switch
    {
        UploadForm.Form => $"multipart/form-data; boundary={Boundary}",
        UploadForm.Json => "application/json",
        _ => "application/octet-stream",
    };

    public string? ContentEncoding => Form switch
    {
        UploadForm.Gzip => "gzip",
        UploadForm.Brotli => "br",
        _ => null,
    };

    /// <summary>What the origin answers it with.</summary>
    public TestFile Reply => new(IsReplyInfected, ReplySize, ~File.Seed);

    public static Upload? Of(string path) =>
        path.Split('/', 5) is ["", "upload", var form, "infected" or "clean", var file]
        && Enum.TryParse<UploadForm>(form, out var parsed) && TestFile.Of("/" + file) is { } sent
            ? new Upload(sent, parsed, path.StartsWith($"/upload/{form}/infected/", StringComparison.Ordinal))
            : null;

    /// <summary>The bytes of its body.</summary>
    public byte[] Body()
    {
        var file = File.Bytes();
        return Form switch
        {
            UploadForm.Raw or UploadForm.Chunked => file,
            UploadForm.Gzip => Packers.Gzip(file),
            UploadForm.Brotli => Packers.Brotli(file),
            UploadForm.Form =>
            [
                .. Ascii($"--{Boundary}\r\nContent-Disposition: form-data; name=\":action\"\r\n\r\nfile_upload\r\n--{Boundary}\r\n"),
                .. Ascii("Content-Disposition: form-data; name=\"content\"; filename=\"a.whl\"\r\n"),
                .. Ascii("Content-Type: application/octet-stream\r\n\r\n"),
                .. file,
                .. Ascii($"\r\n--{Boundary}--\r\n"),
            ],
            UploadForm.Json => Ascii(
                "{\"_id\":\"a\",\"_attachments\":{\"a-1.0.0.tgz\":{\"content_type\":\"application/octet-stream\",\"data\":\""
                    + Convert.ToBase64String(file) + "\"}}}"),
            UploadForm.Crate => [.. Sized(Ascii("{\"name\":\"a\",\"vers\":\"1.0.0\"}")), .. Sized(file)],
        };
    }

    private static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);

    private static byte[] Sized(byte[] bytes)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        return [.. length, .. bytes];
    }
}
