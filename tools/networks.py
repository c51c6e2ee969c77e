#!/usr/bin/env python3
"""Writes the two networks of diarization as ONNX graphs without weights.

    tools/networks.py FOLDER_OF_CHECKPOINTS [crates/listen/networks]

The publishers give weights as PyTorch checkpoints, and no registry has them as ONNX. A checkpoint is a zip file that holds
every tensor uncompressed, so each weight of these graphs is "external data": a place in the checkpoint itself. The
program hands ONNX Runtime the graph and the checkpoint as they are; nothing is converted, and the checkpoint's SHA-256
is the hash of the weights. The architectures are written here from the papers and the publishers' code:

segmentation  PyanNet of pyannote.audio 3 (Bredin 2023; Plaquet and Bredin 2023): SincNet (Ravanelli and Bengio 2018),
              four bidirectional LSTM layers, two linear layers, a powerset of 3 speakers with at most 2 at once.
              waveform [batch, 1, samples at 16 kHz] -> logp [batch, frames, 7]
campplus      CAM++ of 3D-Speaker (Wang et al. 2023): a convolutional head and a densely connected time delay network with
              context-aware masks. feats [batch, frames, 80] -> emb [batch, 192]

Only needed to change the graphs: they lie in the repository. Needs the Python package onnx.
"""

import pickle
import struct
import sys
import zipfile
from collections import OrderedDict
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 17


class Checkpoint:
    """Where each tensor of a PyTorch checkpoint lies in its file: offset in bytes, shape."""

    def __init__(self, path):
        self.path = path
        self.zip = zipfile.ZipFile(path)
        index = next(name for name in self.zip.namelist() if name.endswith("data.pkl"))
        self.root = index[: -len("data.pkl")]
        content = _Unpickler(self.zip.open(index)).load()
        self.tensors = content.get("state_dict", content)

    def place(self, name):
        (_, kind, key, *_), first, shape, stride = self.tensors[name]
        if kind != "FloatStorage":
            raise SystemExit(f"{name} is not of 32-bit floats")
        expected, step = [], 1
        for size in reversed(shape):
            expected.insert(0, step)
            step *= size
        if tuple(expected) != tuple(stride):
            raise SystemExit(f"{name} does not lie in one piece")
        info = self.zip.getinfo(f"{self.root}data/{key}")
        if info.compress_type != zipfile.ZIP_STORED:
            raise SystemExit(f"{name} is compressed")
        with open(self.path, "rb") as file:
            file.seek(info.header_offset + 26)
            name_length, extra_length = struct.unpack("<HH", file.read(4))
        return info.header_offset + 30 + name_length + extra_length + 4 * first, shape


class _Unpickler(pickle.Unpickler):
    """Reads where tensors lie, and runs nothing of what a pickle may ask for."""

    class _Nothing:
        def __init__(self, *_args, **_names): ...
        def __setstate__(self, _state): ...

    def find_class(self, module, name):
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return lambda storage, first, shape, stride, *_: (storage, first, shape, stride)
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if module == "torch" and name.endswith("Storage"):
            return name
        return self._Nothing

    def persistent_load(self, place):
        return place


class Graph:
    def __init__(self, checkpoint):
        self.checkpoint, self.nodes, self.weights, self.count = checkpoint, [], OrderedDict(), 0

    def weight(self, name):
        """A tensor of the checkpoint, by its name there."""
        if name not in self.weights:
            offset, shape = self.checkpoint.place(name)
            tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=shape, data_location=TensorProto.EXTERNAL)
            length = 4 * int(np.prod(shape))
            for key, value in (("location", "checkpoint"), ("offset", offset), ("length", length)):
                tensor.external_data.add(key=key, value=str(value))
            self.weights[name] = tensor
        return name

    def constant(self, value, kind=np.int64):
        value = np.asarray(value, kind)
        name = f"c_{value.dtype}_{'x'.join(map(str, value.shape))}_{value.tobytes().hex()}"
        if name not in self.weights:
            self.weights[name] = numpy_helper.from_array(value, name)
        return name

    def add(self, kind, *inputs, outputs=1, **attributes):
        self.count += 1
        names = [f"{kind.lower()}{self.count}" + (f"_{i}" if i else "") for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, **attributes))
        return names[0] if outputs == 1 else names

    def write(self, path, name, source, target):
        self.nodes[-1].output[0] = target[0]
        shape = lambda it: helper.make_tensor_value_info(it[0], TensorProto.FLOAT, it[1])
        graph = helper.make_graph(self.nodes, name, [shape(source)], [shape(target)], list(self.weights.values()))
        for i, tensor in enumerate(graph.initializer):
            self.rename(graph, tensor, f"w{i}" if tensor.name.startswith("c_") else tensor.name)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
        model.producer_name = "earwitness tools/networks.py"
        Path(path).write_bytes(model.SerializeToString(deterministic=True))

    @staticmethod
    def rename(graph, tensor, name):
        for node in graph.node:
            for i, given in enumerate(node.input):
                if given == tensor.name:
                    node.input[i] = name
        tensor.name = name


def segmentation(g):
    """PyanNet. Names of weights as in the checkpoint."""
    w = g.weight
    norm = lambda x, name: g.add("InstanceNormalization", x, w(f"{name}.weight"), w(f"{name}.bias"), epsilon=1e-5)
    x = norm("waveform", "sincnet.wav_norm1d")
    x = g.add("Abs", g.add("Conv", x, sinc_filters(g), strides=[10]))
    for layer in range(3):
        if layer:
            name = f"sincnet.conv1d.{layer}"
            x = g.add("Conv", x, w(f"{name}.weight"), w(f"{name}.bias"))
        x = g.add("MaxPool", x, kernel_shape=[3], strides=[3])
        x = g.add("LeakyRelu", norm(x, f"sincnet.norm1d.{layer}"), alpha=0.01)
    x = g.add("Transpose", x, perm=[2, 0, 1])  # frames, batch, features
    for layer in range(4):
        x = lstm(g, x, layer)
    x = g.add("Transpose", x, perm=[1, 0, 2])
    linear = lambda x, name: g.add(
        "Add", g.add("MatMul", x, g.add("Transpose", w(f"{name}.weight"), perm=[1, 0])), w(f"{name}.bias")
    )
    for name in ("linear.0", "linear.1"):
        x = g.add("LeakyRelu", linear(x, name), alpha=0.01)
    g.add("LogSoftmax", linear(x, "classifier"), axis=-1)


def sinc_filters(g):
    """80 filters of 251 samples, 40 cosine and 40 sine (asteroid-filterbanks, ParamSincFB), from their band edges."""
    number = lambda value: g.constant(value, np.float32)
    name = "sincnet.conv1d.0.filterbank"
    window, n = g.weight(f"{name}.window_"), g.weight(f"{name}.n_")
    low = g.add("Add", number(50.0), g.add("Abs", g.weight(f"{name}.low_hz_")))
    high = g.add("Add", g.add("Add", low, number(50.0)), g.add("Abs", g.weight(f"{name}.band_hz_")))
    high = g.add("Clip", high, number(50.0), number(8000.0))
    band = g.add("Sub", high, low)  # [40, 1]
    at = lambda f, edge: g.add(f, g.add("Mul", edge, n))  # [40, 125]
    half = g.add("Div", n, number(2.0))
    flip = lambda x: g.add("Slice", x, g.constant([-1]), g.constant([-1000]), g.constant([1]), g.constant([-1]))

    def side(function, sign):
        difference = g.add("Sub", at(function, high), at(function, low))
        if sign < 0:
            difference = g.add("Neg", difference)
        return g.add("Mul", g.add("Div", difference, half), window)

    twice = g.add("Mul", band, number(2.0))
    left = side("Sin", 1)
    cosine = g.add("Concat", left, twice, flip(left), axis=1)
    left = side("Cos", 1)
    nothing = g.add("Mul", band, number(0.0))
    sine = g.add("Concat", left, nothing, g.add("Neg", flip(left)), axis=1)
    filters = g.add("Div", g.add("Concat", cosine, sine, axis=0), g.add("Concat", twice, twice, axis=0))
    return g.add("Unsqueeze", filters, g.constant([1]))


def lstm(g, x, layer):
    """A bidirectional layer of 128 units. PyTorch keeps the gates as i, f, g, o; ONNX wants i, o, f, g."""

    def gates(name):
        i, f, c, o = g.add("Split", g.weight(name), g.constant([128] * 4), outputs=4, axis=0)
        return g.add("Concat", i, o, f, c, axis=0)

    def both(make):
        sides = [g.add("Unsqueeze", make(end), g.constant([0])) for end in ("", "_reverse")]
        return g.add("Concat", *sides, axis=0)

    of = lambda part: both(lambda end: gates(f"lstm.{part}_l{layer}{end}"))
    bias = both(
        lambda end: g.add(
            "Concat", gates(f"lstm.bias_ih_l{layer}{end}"), gates(f"lstm.bias_hh_l{layer}{end}"), axis=0
        )
    )
    y = g.add("LSTM", x, of("weight_ih"), of("weight_hh"), bias, hidden_size=128, direction="bidirectional")
    y = g.add("Transpose", y, perm=[0, 2, 1, 3])  # frames, batch, direction, units
    return g.add("Reshape", y, g.constant([0, 0, 256]))


def campplus(g):
    """CAM++ with 512 channels at the end. Names of weights as in the checkpoint."""
    w = g.weight

    def norm(x, name, affine=True):
        width = g.checkpoint.place(f"{name}.running_mean")[1]
        scale = w(f"{name}.weight") if affine else g.constant(np.ones(width), np.float32)
        shift = w(f"{name}.bias") if affine else g.constant(np.zeros(width), np.float32)
        mean, variance = w(f"{name}.running_mean"), w(f"{name}.running_var")
        return g.add("BatchNormalization", x, scale, shift, mean, variance, epsilon=1e-5)

    relu = lambda x: g.add("Relu", x)
    active = lambda x, name: relu(norm(x, f"{name}.batchnorm"))

    def plane(x, name, stride=1, size=3):
        return g.add("Conv", x, w(f"{name}.weight"), strides=[stride, 1], pads=[size // 2] * 4)

    def block(x, name, stride):
        y = relu(norm(plane(x, f"{name}.conv1", stride), f"{name}.bn1"))
        y = norm(plane(y, f"{name}.conv2"), f"{name}.bn2")
        if f"{name}.shortcut.0.weight" in g.checkpoint.tensors:
            x = norm(plane(x, f"{name}.shortcut.0", stride, 1), f"{name}.shortcut.1")
        return relu(g.add("Add", x, y))

    x = g.add("Transpose", "feats", perm=[0, 2, 1])
    x = g.add("Unsqueeze", x, g.constant([1]))
    x = relu(norm(plane(x, "head.conv1"), "head.bn1"))
    for layer in (1, 2):
        x = block(x, f"head.layer{layer}.0", 2)
        x = block(x, f"head.layer{layer}.1", 1)
    x = relu(norm(plane(x, "head.conv2", 2), "head.bn2"))
    x = g.add("Reshape", x, g.constant([0, 320, -1]))
    x = g.add("Conv", x, w("xvector.tdnn.linear.weight"), strides=[2], pads=[2, 2])
    x = active(x, "xvector.tdnn.nonlinear")
    frames = g.add("Slice", g.add("Shape", x), g.constant([2]), g.constant([3]))
    for number, (layers, dilation) in enumerate(((12, 1), (24, 2), (16, 2)), 1):
        for layer in range(1, layers + 1):
            name = f"xvector.block{number}.tdnnd{layer}"
            y = g.add("Conv", active(x, f"{name}.nonlinear1"), w(f"{name}.linear1.weight"))
            y = masked(g, active(y, f"{name}.nonlinear2"), f"{name}.cam_layer", dilation, frames)
            x = g.add("Concat", x, y, axis=1)
        name = f"xvector.transit{number}"
        x = g.add("Conv", active(x, f"{name}.nonlinear"), w(f"{name}.linear.weight"))
    x = active(x, "xvector.out_nonlinear")
    x = statistics(g, x, frames)
    x = g.add("Conv", x, w("xvector.dense.linear.weight"))
    x = relu(norm(x, "xvector.dense.nonlinear.batchnorm", affine=False))
    g.add("Squeeze", x, g.constant([2]))


def masked(g, x, name, dilation, frames):
    """Context-aware masking: a local convolution, masked by the mean of all frames and of each 100 frames."""
    w = g.weight
    local = g.add("Conv", x, w(f"{name}.linear_local.weight"), dilations=[dilation], pads=[dilation] * 2)
    whole = g.add("ReduceMean", x, axes=[2], keepdims=1)
    parts = g.add("AveragePool", x, kernel_shape=[100], strides=[100], ceil_mode=1, count_include_pad=1)
    parts = g.add(
        "Resize", parts, "", g.constant([1, 1, 100], np.float32), mode="nearest",
        coordinate_transformation_mode="asymmetric", nearest_mode="floor",
    )
    parts = g.add("Slice", parts, g.constant([0]), frames, g.constant([2]))
    context = g.add("Add", whole, parts)
    context = g.add("Relu", g.add("Conv", context, w(f"{name}.linear1.weight"), w(f"{name}.linear1.bias")))
    mask = g.add("Sigmoid", g.add("Conv", context, w(f"{name}.linear2.weight"), w(f"{name}.linear2.bias")))
    return g.add("Mul", local, mask)


def statistics(g, x, frames):
    """Mean and unbiased standard deviation over all frames, [batch, 2 * channels, 1]."""
    mean = g.add("ReduceMean", x, axes=[2], keepdims=1)
    apart = g.add("Sub", x, mean)
    square = g.add("ReduceSum", g.add("Mul", apart, apart), g.constant([2]), keepdims=1)
    less = g.add("Max", g.add("Sub", g.add("Cast", frames, to=TensorProto.FLOAT), g.constant(1, np.float32)),
                 g.constant(1, np.float32))
    return g.add("Concat", mean, g.add("Sqrt", g.add("Div", square, less)), axis=1)


def main():
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    checkpoints, out = Path(sys.argv[1]), Path(sys.argv[2] if len(sys.argv) > 2 else "crates/listen/networks")
    g = Graph(Checkpoint(checkpoints / "segmentation-3.0" / "pytorch_model.bin"))
    segmentation(g)
    g.write(out / "segmentation.onnx", "segmentation", ("waveform", ["batch", 1, "samples"]), ("logp", ["batch", "frames", 7]))
    g = Graph(Checkpoint(checkpoints / "campplus" / "campplus_cn_en_common.pt"))
    campplus(g)
    g.write(out / "campplus.onnx", "campplus", ("feats", ["batch", "frames", 80]), ("emb", ["batch", 192]))


if __name__ == "__main__":
    main()
