using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Tests.Files;

/// <summary>A second descriptor of an open file, as a child process has it until it runs another program.</summary>
internal static class DescriptorCopy
{
    public static SafeFileHandle Of(int descriptor) => new(Duplicate(descriptor), ownsHandle: true);

    [DllImport("libc", EntryPoint = "dup")]
    private static extern int Duplicate(int descriptor);
}
