using System.Text;

namespace ClamProxy.TestKit.Registries;

/// <summary>What is published, whatever the ecosystem: version 1.0.0, which says something and may hold something bad.</summary>
/// <param name="Name">Lower case, four letters or more: a name that every ecosystem takes.</param>
/// <param name="Needs">The packages it depends on.</param>
/// <param name="Data">A file that it carries; null for none.</param>
public sealed record RegistryPackage(string Name, string[] Needs, byte[]? Data = null)
{
    public const string Version = "1.0.0";

    /// <summary>Depends on <see cref="Wording"/>, and says what that says.</summary>
    public static RegistryPackage Greeter { get; } = new("greeter", ["wording"]);

    public static RegistryPackage Wording { get; } = new("wording", []);

    /// <summary>Carries EICAR.</summary>
    public static RegistryPackage Tainted { get; } = new("tainted", [], Eicar.Bytes);

    public static IReadOnlyList<RegistryPackage> All { get; } = [Greeter, Wording, Tainted];

    /// <summary>What <see cref="Wording"/> says in every language.</summary>
    public const string Words = "hello from wording";

    /// <summary>The files of an archive: those given, and the data.</summary>
    public (string Path, byte[] Content)[] Files(string folder, params (string Path, string Text)[] texts) =>
    [
        .. texts.Select(text => (folder + text.Path, Encoding.UTF8.GetBytes(text.Text))),
        .. Data is null ? [] : new[] { ($"{folder}data.bin", Data) },
    ];
}
