using System.Globalization;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Hostile.Parts;

/// <summary>
/// Settings by which ClamProxy listens with TLS, and so with HTTP/2, beside its plain port (docs/configuration/process.md).
/// </summary>
internal sealed class TlsDoor : IDisposable
{
    private readonly FakeOriginCertificate _certificate = new();

    public int Plain { get; } = FreePort.Next();

    public int Secure { get; } = FreePort.Next();

    public (string Name, string Value)[] Settings =>
    [
        ("PORT", Plain.ToString(CultureInfo.InvariantCulture)),
        ("Kestrel__Endpoints__Http__Url", $"http://127.0.0.1:{Plain}"),
        ("Kestrel__Endpoints__Https__Url", $"https://127.0.0.1:{Secure}"),
        ("Kestrel__Certificates__Default__Path", _certificate.PkcsFile("hostile")),
        ("Kestrel__Certificates__Default__Password", "hostile"),
    ];

    public void Dispose() => _certificate.Dispose();
}
