using System.Diagnostics;
using System.Globalization;

namespace Zones.Tests.Security;

/// <summary>A C program that installs a filter on itself and then makes calls, each in a process of its own, or executes a command.</summary>
public sealed class SeccompProbe : IDisposable
{
    private const string Source = """
        #define _GNU_SOURCE
        #include <errno.h>
        #include <linux/filter.h>
        #include <linux/seccomp.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/prctl.h>
        #include <sys/syscall.h>
        #include <sys/wait.h>
        #include <unistd.h>

        static long int80(long number) {
            long result;
            __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(0), "c"(0), "d"(0) : "memory", "r8", "r9", "r10", "r11");
            return result;
        }

        int main(int argc, char **argv) {
            static struct sock_filter code[8192];
            if (strcmp(argv[1], "-") != 0) {
                FILE *file = fopen(argv[1], "r");
                struct sock_fprog program = { fread(code, sizeof code[0], 8192, file), code };
                fclose(file);
                if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program)) {
                    perror("seccomp");
                    return 99;
                }
            }
            if (strcmp(argv[2], "exec") == 0) {
                execvp(argv[3], argv + 3);
                perror(argv[3]);
                return 98;
            }
            for (int i = 2; i < argc; i++) {
                int report[2], status, answer = -1;
                if (pipe(report)) return 97;
                pid_t child = fork();
                if (child == 0) {
                    char *at = argv[i];
                    int old = at[0] == 'i';
                    unsigned long a[7] = { 0 };
                    for (int j = 0; j < 7 && *at; j++) {
                        a[j] = strtoul(at + (j == 0 && old), &at, 0);
                        if (*at) at++;
                    }
                    errno = 0;
                    long result = old ? int80(a[0]) : syscall(a[0], a[1], a[2], a[3], a[4], a[5], a[6]);
                    answer = result == -1 ? errno : 0;
                    write(report[1], &answer, sizeof answer);
                    _exit(0);
                }
                close(report[1]);
                if (read(report[0], &answer, sizeof answer) != sizeof answer) answer = -1;
                close(report[0]);
                waitpid(child, &status, 0);
                printf("%d\n", WIFSIGNALED(status) ? 1000 + WTERMSIG(status) : answer);
            }
            return 0;
        }
        """;

    private readonly string _directory = Directory.CreateTempSubdirectory("zones-seccomp-").FullName;

    public SeccompProbe()
    {
        string source = Path.Combine(_directory, "probe.c");
        File.WriteAllText(source, Source);
        (int code, string output) = Run("gcc", ["-O1", "-o", Program, source]);
        Assert.True(code == 0, output);
    }

    private string Program => Path.Combine(_directory, "probe");

    /// <summary>The errno of each call, 0 for success, 1000 and the number for a signal.</summary>
    public int[] Calls(byte[]? filter, IEnumerable<string> calls)
    {
        (int code, string output) = Run(Program, [Filter(filter), .. calls]);
        Assert.True(code == 0, output);
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => int.Parse(line, CultureInfo.InvariantCulture))];
    }

    /// <summary>Runs a command under a filter.</summary>
    public (int Code, string Output) Exec(byte[]? filter, params string[] command) => Run(Program, [Filter(filter), "exec", .. command]);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private string Filter(byte[]? filter)
    {
        if (filter is null)
        {
            return "-";
        }

        string path = Path.Combine(_directory, Guid.NewGuid().ToString("N"));
        File.WriteAllBytes(path, filter);
        return path;
    }

    private static (int Code, string Output) Run(string program, IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }
}
