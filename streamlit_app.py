"""SeeGrad: watch the real autograd engine run your own PyTorch program backward.

Start with `streamlit run streamlit_app.py`.
"""

from viz.page.app import main

main()
