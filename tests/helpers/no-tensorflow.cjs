// Preloaded into a process and its threads: the native add-on of @tensorflow/tfjs-node cannot be loaded, as on a machine
// whose libraries are too old for it.
const dlopen = process.dlopen.bind(process);
process.dlopen = (module, file, ...flags) => {
  if (file.endsWith('tfjs_binding.node')) throw new Error('the add-on was taken away by a test');
  return dlopen(module, file, ...flags);
};
