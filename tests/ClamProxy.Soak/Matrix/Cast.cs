using ClamProxy.Soak.Worlds;

namespace ClamProxy.Soak.Matrix;

/// <summary>The files of one round: a clean and an infected one for each mode.</summary>
internal sealed class Cast(TestFiles files, int size)
{
    private readonly Dictionary<Mode, TestFile[]> _files = Enum.GetValues<Mode>().ToDictionary(
        mode => mode, _ => new[] { files.Next(false, size), files.Next(true, size) });

    public IEnumerable<TestFile> All => _files.Values.SelectMany(pair => pair);

    public TestFile[] this[Mode mode] => _files[mode];

    /// <summary>
    /// Those whose download is under way when every request has come: all but what is stored, or refused without asking upstream.
    /// </summary>
    public IEnumerable<TestFile> Downloaded => All.Except([.. this[Mode.Store], this[Mode.Hit][1]]);
}
